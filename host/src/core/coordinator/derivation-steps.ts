/** How outputs become valid: are they there, do substituters have them, are the inputs there, wait for a slot, build. */
import type { BuilderFacts, CoordinatorEvent, DerivationFacts, Failure, GoalId } from './events.ts';
import { type DerivationGoal, type Goal, isSatisfied, wantedOutputs } from './goal.ts';
import type { MachineCore } from './machine.ts';
import { dependencyFailed, noBuilder, noDerivation, noOutput, notCheckable, sourceMissing, substitutesFailed } from './messages.ts';
import { Slots } from './slots.ts';

const unavailable = (message: string): Failure => ({ kind: 'unavailable', message });

export class DerivationSteps {
  readonly #core: MachineCore;
  #slots: Slots | undefined;
  #openFailure: Failure | undefined;
  /** Those that wait for the builders to be opened. */
  readonly #early = new Set<DerivationGoal>();
  isOpening = false;
  /** The builder that is busy with a build, even if nobody wants that any more. */
  readonly #running = new Map<GoalId, number>();

  constructor(core: MachineCore) {
    this.#core = core;
  }

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  begin(goal: DerivationGoal) {
    this.#core.ask(goal, { type: 'load', goal: goal.id, drvPath: goal.drvPath });
  }

  take(goal: DerivationGoal, event: CoordinatorEvent) {
    switch (event.type) {
      case 'loaded':
        return this.#loaded(goal, event.facts);
      case 'found':
        return this.#substitute(goal, event.paths);
      case 'built':
        goal.built = true;
        for (const output of goal.facts!.outputs.keys()) goal.satisfied.add(output);
        return this.#core.succeed(goal);
      case 'build-failed':
        return this.#buildFailed(goal, event.failure, event.again);
      case 'build-busy':
        return this.#core.ask(goal, { type: 'await-lock', goal: goal.id, drvPath: goal.drvPath });
      case 'lock-free':
        return this.begin(goal);
      case 'resumed':
        return this.#enqueue(goal);
    }
  }

  /** Others have ended that it waited for. */
  goOn(goal: DerivationGoal) {
    if (goal.stage === 'drv') this.#haveDrv(goal);
    else if (goal.stage === 'outputs') this.#haveSubstitutes(goal);
    else this.#haveInputs(goal);
  }

  // ——— the derivation ———

  #loaded(goal: DerivationGoal, facts: DerivationFacts | undefined) {
    if (!facts) return this.#core.await(goal, [this.#core.pathGoal(goal.drvPath)], 'drv');
    goal.facts = facts;
    const unknown = goal.wanted === '*' ? undefined : [...goal.wanted].find((output) => !facts.outputs.has(output));
    if (unknown !== undefined) return this.#core.fail(goal, unavailable(noOutput(goal.drvPath, unknown)));
    if (!facts.impure) for (const [output, { valid }] of facts.outputs) if (valid) goal.satisfied.add(output);
    if (facts.impure ? goal.built : goal.mode === 'normal' && isSatisfied(goal)) return this.#core.succeed(goal);
    if (facts.impure || goal.substituted || !facts.substitutable || this.#core.options.substituters === 0) return this.#build(goal);
    const unknownPaths = wantedOutputs(goal).filter((output) => facts.outputs.get(output)!.path === undefined);
    if (unknownPaths.length === 0) return this.#substitute(goal, new Map());
    this.#core.ask(goal, { type: 'find', goal: goal.id, drvPath: goal.drvPath, outputs: unknownPaths });
  }

  #haveDrv(goal: DerivationGoal) {
    if (goal.failures > 0) this.#core.fail(goal, unavailable(noDerivation(goal.drvPath)));
    else this.begin(goal);
  }

  // ——— substitution ———

  /** `found`: where outputs lie whose paths the derivation does not say. */
  #substitute(goal: DerivationGoal, found: ReadonlyMap<string, string>) {
    goal.substituted = true;
    const others: Goal[] = [];
    for (const output of wantedOutputs(goal)) {
      const { path, valid } = goal.facts!.outputs.get(output)!;
      const place = path ?? found.get(output);
      if (place !== undefined && (!valid || goal.mode === 'repair')) others.push(this.#core.pathGoal(place, goal.mode === 'repair'));
    }
    this.#core.await(goal, others, 'outputs');
  }

  #haveSubstitutes(goal: DerivationGoal) {
    const broken = goal.failures - goal.absent;
    goal.kinds.clear();
    if (broken > 0 && !this.#core.options.fallback) return this.#core.fail(goal, unavailable(substitutesFailed(goal.drvPath)));
    if (goal.mode !== 'repair' || goal.failures > 0) return this.begin(goal);
    this.#core.succeed(goal);
  }

  // ——— building ———

  #build(goal: DerivationGoal) {
    const { facts, drvPath } = goal;
    if (goal.mode === 'check' && !isSatisfied(goal)) return this.#core.fail(goal, unavailable(notCheckable(drvPath)));
    if (!goal.counted) this.#core.emit({ type: 'expect', builds: 1, copies: 0, narSize: 0, downloadSize: 0 });
    goal.counted = true;
    const inputs = facts!.inputs.map((input) => this.#core.derivationGoal(input.drvPath, input.outputs, 'normal'));
    const sources = facts!.sources.map((source) => this.#core.pathGoal(source));
    this.#core.await(goal, [...inputs, ...sources], 'inputs');
  }

  #haveInputs(goal: DerivationGoal) {
    if (goal.failures === 0) return this.#enqueue(goal);
    for (const source of goal.absent > 0 ? goal.needs : []) this.#reportMissing(goal, source);
    this.#core.fail(goal, { kind: 'unavailable', message: dependencyFailed(goal.drvPath, goal.failures, goal.facts!) });
  }

  // A path that nobody has is no failure of its own.
  #reportMissing(goal: DerivationGoal, source: Goal) {
    if (source.kind !== 'path' || !source.isAbsent) return;
    const failure = this.#core.options.substituters > 0 ? source.failure! : unavailable(sourceMissing(source.path, goal.drvPath));
    this.#core.emit({ type: 'report', failure });
  }

  #enqueue(goal: DerivationGoal) {
    if (this.#openFailure) return this.#core.fail(goal, this.#openFailure);
    this.#core.setState(goal, 'queued');
    if (this.#slots) return this.#line(goal, this.#slots);
    this.#early.add(goal);
    if (!this.isOpening) this.#core.emit({ type: 'open-builders' });
    this.isOpening = true;
  }

  #line(goal: DerivationGoal, slots: Slots) {
    if (slots.enqueue(goal)) return;
    this.#core.fail(goal, { kind: 'failed', message: noBuilder(goal.drvPath, goal.facts!, slots.builders) });
  }

  open(builders: readonly BuilderFacts[]) {
    this.isOpening = false;
    this.#slots = new Slots(builders);
    for (const goal of this.#takeEarly()) this.#line(goal, this.#slots);
  }

  openFailed(failure: Failure) {
    this.isOpening = false;
    this.#openFailure = failure;
    for (const goal of this.#takeEarly()) if (goal.state === 'queued') this.#core.fail(goal, failure);
  }

  /** Who asks again gets another try. */
  forgetOpenFailure() {
    this.#openFailure = undefined;
  }

  #takeEarly(): DerivationGoal[] {
    const goals = [...this.#early];
    this.#early.clear();
    return goals;
  }

  /** Begins what may begin. */
  start() {
    for (let next = this.#slots?.take(); next; next = this.#slots?.take()) {
      const { goal, builder } = next;
      goal.builder = builder;
      this.#running.set(goal.id, builder);
      this.#core.setState(goal, 'running');
      this.#core.emit({ type: 'build', goal: goal.id, drvPath: goal.drvPath, mode: goal.mode, builder });
    }
  }

  ended(goal: GoalId) {
    const builder = this.#running.get(goal);
    if (builder === undefined) return;
    this.#running.delete(goal);
    this.#slots!.release(builder);
  }

  #buildFailed(goal: DerivationGoal, failure: Failure, again: boolean) {
    if (!again || goal.attempts >= this.#core.options.retries) return this.#core.fail(goal, failure);
    goal.attempts++;
    this.#core.ask(goal, { type: 'pause', goal: goal.id, attempt: goal.attempts });
  }

  forget(goal: DerivationGoal) {
    this.#early.delete(goal);
    if (goal.state === 'queued') this.#slots?.remove(goal);
  }
}
