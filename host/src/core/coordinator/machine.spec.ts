// Properties of the machine: random graphs, outcomes, orders of answers and cancels, against a world that says what is there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BuilderFacts, CoordinatorEvent, DerivationFacts, Effect, Failure, Target } from './events.ts';
import { Coordinator, type MachineOptions } from './machine.ts';

interface Plan {
  /** For each derivation the earlier ones that it needs. */
  readonly inputs: readonly (readonly number[])[];
  /** Those that fail; those whose outputs a substituter has; whose copies fail. */
  readonly failing: ReadonlySet<number>;
  readonly offered: ReadonlySet<number>;
  readonly broken: ReadonlySet<number>;
  /** Those whose builder goes away the first time; that another process builds. */
  readonly shaky: ReadonlySet<number>;
  readonly locked: ReadonlySet<number>;
  readonly roots: readonly number[];
  readonly later: readonly number[];
  readonly cancelAt: number;
  readonly stopAt: number;
  readonly choices: readonly number[];
  readonly options: MachineOptions;
  readonly slots: number;
}

const most = 12;
const someOf = fc.uniqueArray(fc.nat(most - 1), { maxLength: 4 }).map((numbers) => new Set(numbers));

const plans: fc.Arbitrary<Plan> = fc.record({
  inputs: fc.array(fc.uniqueArray(fc.nat(most), { maxLength: 4 }), { minLength: 1, maxLength: most }),
  failing: someOf,
  offered: someOf,
  broken: someOf,
  shaky: someOf,
  locked: someOf,
  roots: fc.uniqueArray(fc.nat(most), { minLength: 1, maxLength: 3 }),
  later: fc.uniqueArray(fc.nat(most), { maxLength: 3 }),
  cancelAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(40)),
  stopAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.nat(60)),
  choices: fc.array(fc.nat(1000), { minLength: 10, maxLength: 60 }),
  options: fc.record({
    keepGoing: fc.boolean(),
    fallback: fc.boolean(),
    substituters: fc.nat(2),
    copies: fc.integer({ min: 1, max: 3 }),
    retries: fc.constant(2),
  }),
  slots: fc.integer({ min: 1, max: 3 }),
});

const drvOf = (number: number) => `/nix/store/${number}.drv`;
const outOf = (number: number) => `/nix/store/${number}`;
const numberOf = (path: string) => Number(/(\d+)/.exec(path)![1]);
const failure: Failure = { kind: 'failed', message: 'failed' };

/** What lasts when the process ends: what is registered. */
class World {
  readonly plan: Plan;
  readonly valid = new Set<string>();
  readonly built = new Set<number>();
  readonly tries = new Map<number, number>();
  readonly waited = new Set<number>();

  constructor(plan: Plan) {
    this.plan = plan;
    plan.inputs.forEach((_, number) => void this.valid.add(drvOf(number)));
  }

  inputsOf(number: number): number[] {
    return this.plan.inputs[number]!.filter((input) => input < number);
  }

  facts(number: number): DerivationFacts {
    const path = outOf(number);
    return {
      outputs: new Map([['out', { path, valid: this.valid.has(path) }]]),
      inputs: this.inputsOf(number).map((input) => ({ drvPath: drvOf(input), outputs: ['out'] })),
      sources: [],
      substitutable: true,
      impure: false,
      system: 's',
      features: [],
      anywhere: false,
    };
  }
}

const builders = (slots: number): readonly BuilderFacts[] => [{ systems: ['s'], features: [], slots }];

/** A driver whose answers come in any order. */
class Run {
  readonly world: World;
  readonly #plan: Plan;
  readonly #machine: Coordinator;
  readonly #pending: Effect[] = [];
  readonly finished = new Map<number, ReadonlyMap<Target, Failure>>();
  readonly #gone = new Set<number>();
  #choice = 0;

  constructor(world: World) {
    this.world = world;
    this.#plan = world.plan;
    this.#machine = new Coordinator(world.plan.options);
  }

  send(event: CoordinatorEvent) {
    for (const effect of this.#machine.step(event)) {
      if (effect.type === 'finish') {
        expect(this.finished.has(effect.request)).toBe(false);
        this.finished.set(effect.request, effect.failures);
      } else if (effect.type === 'abort') this.#gone.add(effect.goal);
      else if (effect.type !== 'report' && effect.type !== 'expect') this.#begin(effect);
    }
  }

  #begin(effect: Effect) {
    this.#pending.push(effect);
    const running = (type: Effect['type']) => this.#pending.filter((each) => each.type === type).length;
    expect(running('build')).toBeLessThanOrEqual(this.#plan.slots);
    expect(running('copy')).toBeLessThanOrEqual(this.#plan.options.copies);
    if (effect.type === 'build') {
      const number = numberOf(effect.drvPath);
      // Nothing before its inputs, nothing that is there.
      for (const input of this.world.inputsOf(number)) expect(this.world.valid.has(outOf(input))).toBe(true);
      expect(this.world.valid.has(outOf(number))).toBe(false);
    }
    if (effect.type === 'copy') {
      for (const input of this.world.inputsOf(numberOf(effect.path))) expect(this.world.valid.has(outOf(input))).toBe(true);
    }
  }

  /** Answers one effect; false where none is left. */
  answerOne(): boolean {
    if (this.#pending.length === 0) return false;
    const { choices } = this.#plan;
    const [effect] = this.#pending.splice(choices[this.#choice++ % choices.length]! % this.#pending.length, 1);
    this.send(this.#answer(effect!));
    return true;
  }

  #answer(effect: Effect): CoordinatorEvent {
    const { world } = this;
    const plan = this.#plan;
    switch (effect.type) {
      case 'load': {
        const { goal, drvPath } = effect;
        return { type: 'loaded', goal, facts: world.facts(numberOf(drvPath)) };
      }
      case 'check':
        return { type: 'checked', goal: effect.goal, valid: world.valid.has(effect.path) };
      case 'query': {
        const number = numberOf(effect.path);
        const offer = { references: [...world.inputsOf(number).map(outOf), outOf(number)], narSize: 1, downloadSize: 1 };
        return { type: 'queried', goal: effect.goal, offer: plan.offered.has(number) ? offer : undefined };
      }
      case 'copy':
        if (plan.broken.has(numberOf(effect.path))) return { type: 'copy-failed', goal: effect.goal, ignored: false };
        world.valid.add(effect.path);
        return { type: 'copied', goal: effect.goal };
      case 'open-builders':
        return { type: 'builders', builders: builders(plan.slots) };
      case 'build':
        return this.#build(effect.goal, numberOf(effect.drvPath));
      case 'await-lock':
        return { type: 'lock-free', goal: effect.goal };
      case 'pause':
        return { type: 'resumed', goal: effect.goal };
      default:
        throw new Error(`nobody answers ${effect.type}`);
    }
  }

  #build(goal: number, number: number): CoordinatorEvent {
    const { world } = this;
    const plan = this.#plan;
    const tries = (world.tries.get(number) ?? 0) + 1;
    world.tries.set(number, tries);
    if (this.#gone.has(goal)) return { type: 'broken', goal, failure };
    if (plan.locked.has(number) && !world.waited.has(number)) {
      world.waited.add(number);
      // The other process succeeds, or was killed.
      if (number % 2 === 0) world.valid.add(outOf(number));
      return { type: 'build-busy', goal };
    }
    if (plan.shaky.has(number) && tries === 1) return { type: 'build-failed', goal, failure, again: true };
    if (plan.failing.has(number)) return { type: 'build-failed', goal, failure, again: false };
    expect(world.built.has(number)).toBe(false);
    world.built.add(number);
    world.valid.add(outOf(number));
    return { type: 'built', goal };
  }
}

const targetsOf = (plan: Plan, roots: readonly number[]): Target[] =>
  roots.filter((root) => root < plan.inputs.length).map((root) => ({ drvPath: drvOf(root), outputs: ['out'], mode: 'normal' }));

/** Whether it can be made at all; where substitution fails and there is no fallback, that is a failure. */
function canBuild(world: World, number: number): boolean {
  if (world.valid.has(outOf(number))) return true;
  return !world.plan.failing.has(number) && world.inputsOf(number).every((input) => canBuild(world, input));
}

function runAll(world: World, stopAt = Number.POSITIVE_INFINITY): Run {
  const { plan } = world;
  const run = new Run(world);
  run.send({ type: 'want', request: 1, targets: targetsOf(plan, plan.roots) });
  for (let step = 0; step < stopAt; step++) {
    if (step === 3) run.send({ type: 'want', request: 2, targets: targetsOf(plan, plan.later) });
    if (step === plan.cancelAt) run.send({ type: 'cancel', request: 1 });
    if (!run.answerOne() && step > 3) return run;
    if (step > 20_000) throw new Error('it does not end');
  }
  return run;
}

test('every request ends; nothing is built twice, nothing before its inputs; limits are kept', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const world = new World(plan);
      const run = runAll(world);
      expect([...run.finished.keys()].sort()).toEqual([1, 2]);
      for (const [request, roots] of [
        [1, plan.roots],
        [2, plan.later],
      ] as const) {
        if (request === 1 && plan.cancelAt !== Number.POSITIVE_INFINITY) continue;
        if (run.finished.get(request)!.size > 0) continue;
        for (const root of roots) if (root < plan.inputs.length) expect(world.valid.has(outOf(root))).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('with keep-going a failure stops only what depends on it', () => {
  fc.assert(
    fc.property(plans, (given) => {
      const plan = { ...given, cancelAt: Number.POSITIVE_INFINITY, options: { ...given.options, keepGoing: true, fallback: true } };
      const world = new World(plan);
      const run = runAll(world);
      for (const [target] of run.finished.get(1)!) expect(canBuild(world, numberOf((target as { drvPath: string }).drvPath))).toBe(false);
      for (const root of plan.roots) {
        if (root < plan.inputs.length && canBuild(world, root)) expect(world.valid.has(outOf(root))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('a process that is killed leaves what another goes on from', () => {
  fc.assert(
    fc.property(plans, (given) => {
      const plan = { ...given, cancelAt: Number.POSITIVE_INFINITY, options: { ...given.options, keepGoing: true, fallback: true } };
      const world = new World(plan);
      runAll(world, plan.stopAt);
      const run = runAll(world);
      for (const root of plan.roots) {
        if (root < plan.inputs.length) expect(world.valid.has(outOf(root))).toBe(canBuild(world, root));
      }
      expect(run.finished.size).toBe(2);
    }),
    { numRuns: 300 },
  );
});

test('paths of a hostile cache that refer to each other in a circle fail', () => {
  const machine = new Coordinator({ keepGoing: true, fallback: false, substituters: 1, copies: 1, retries: 0 });
  const effects = machine.step({ type: 'want', request: 1, targets: [{ path: '/a' }] });
  let failures: ReadonlyMap<Target, Failure> | undefined;
  for (let effect = effects.shift(); effect; effect = effects.shift()) {
    if (effect.type === 'finish') failures = effect.failures;
    if (effect.type === 'check') effects.push(...machine.step({ type: 'checked', goal: effect.goal, valid: false }));
    if (effect.type !== 'query') continue;
    const offer = { references: [effect.path === '/a' ? '/b' : '/a'], narSize: 1, downloadSize: 1 };
    effects.push(...machine.step({ type: 'queried', goal: effect.goal, offer }));
  }
  expect(failures?.size).toBe(1);
});

test('a graph of 10,000 derivations takes no time to speak of', () => {
  const size = 10_000;
  const inputs = Array.from({ length: size }, (_, i) => (i === 0 ? [] : [i - 1, Math.floor(i / 2)]));
  const empty = new Set<number>();
  const world = new World({
    inputs,
    failing: empty,
    offered: empty,
    broken: empty,
    shaky: empty,
    locked: empty,
    roots: [size - 1],
    later: [],
    cancelAt: Number.POSITIVE_INFINITY,
    stopAt: Number.POSITIVE_INFINITY,
    choices: [0],
    options: { keepGoing: false, fallback: false, substituters: 0, copies: 1, retries: 0 },
    slots: 4,
  });
  const run = new Run(world);
  const started = performance.now();
  run.send({ type: 'want', request: 1, targets: targetsOf(world.plan, [size - 1]) });
  while (!run.finished.has(1)) expect(run.answerOne()).toBe(true);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(world.built.size).toBe(size);
}, 20_000);
