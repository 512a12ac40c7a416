/**
 * The coordinator: what has to happen, in which order, so that paths become valid. A machine without IO: `step` takes an event, changes the state, and answers
 * effects, which a driver carries out and answers by events (events.ts). The same events in the same order give the same effects.
 */

import { DerivationSteps } from './derivation-steps.ts';
import type { CoordinatorEvent, Effect, Failure, GoalId, Mode, Target } from './events.ts';
import type { FailureKind } from './failure.ts';
import { type DerivationGoal, type Goal, isSatisfied, newDerivationGoal, newPathGoal, type PathGoal, type Request, want } from './goal.ts';
import { circular } from './messages.ts';
import { PathSteps } from './path-steps.ts';

export interface MachineOptions {
  /** A failure stops only what depends on it. */
  readonly keepGoing: boolean;
  /** Build what substituters have and cannot give. */
  readonly fallback: boolean;
  /** How many there are, in the order in which they are asked; 0 where substitution is off. */
  readonly substituters: number;
  /** Copies at once. */
  readonly copies: number;
  /** Further tries of a build whose builder went away. */
  readonly retries: number;
}

/** What the steps of goals use. */
export interface MachineCore {
  readonly options: MachineOptions;
  emit(effect: Effect): void;
  /** Emits an effect that the goal waits for. */
  ask(goal: Goal, effect: Effect): void;
  /** Goes on with the goal when all the others have ended, or one has failed. */
  await(goal: Goal, others: Iterable<Goal>, stage: Goal['stage']): void;
  setState(goal: Goal, state: Goal['state']): void;
  succeed(goal: Goal): void;
  /** `absent`: no substituter has it, which is no failure where it can be built. */
  fail(goal: Goal, failure: Failure, absent?: boolean): void;
  pathGoal(path: string, repair?: boolean): Goal;
  derivationGoal(drvPath: string, outputs: readonly string[] | '*', mode: Mode): Goal;
}

const isSourceOf = (goal: Goal, other: Goal) =>
  goal.kind === 'derivation' && other.kind === 'path' && goal.facts?.sources.includes(other.path) === true;

/** Failures below the goals that are not of something else. */
function rootsOf(goals: Iterable<Goal>): Failure[] {
  const seen = new Set<Goal>(goals);
  const roots: Failure[] = [];
  for (const goal of seen) {
    if (goal.state !== 'failed') continue;
    const failed = [...goal.needs].filter((other) => other.state === 'failed' && (!other.isAbsent || isSourceOf(goal, other)));
    if (failed.length === 0) roots.push(goal.failure!);
    for (const each of failed) seen.add(each);
  }
  return roots;
}

const isBusy = ({ state }: Goal) => state === 'asking' || state === 'running';

export class Coordinator implements MachineCore {
  readonly options: MachineOptions;
  readonly #goals = new Map<GoalId, Goal>();
  readonly #byKey = new Map<string, Goal>();
  readonly #requests = new Map<number, Request>();
  readonly #paths: PathSteps;
  readonly #derivations: DerivationSteps;
  #effects: Effect[] = [];
  /** Goals whose wait is over: worked off in a loop, since chains of goals are long. */
  readonly #ready: Goal[] = [];
  #nextId = 1;
  /** Goals that something is under way for. */
  #busy = 0;

  constructor(options: MachineOptions) {
    this.options = options;
    this.#paths = new PathSteps(this);
    this.#derivations = new DerivationSteps(this);
  }

  step(event: CoordinatorEvent): Effect[] {
    this.#effects = [];
    this.#take(event);
    do {
      for (let goal = this.#ready.shift(); goal; goal = this.#ready.shift()) this.#goOn(goal);
      this.#paths.start();
      this.#derivations.start();
    } while (this.#ready.length > 0 || this.#breakCircle());
    return this.#effects;
  }

  #take(event: CoordinatorEvent) {
    if (event.type === 'want') return this.#want(event.request, event.targets);
    if (event.type === 'cancel') return this.#end(event.request);
    if (event.type === 'builders') return this.#derivations.open(event.builders);
    if (event.type === 'broken' && event.goal === 0) return this.#derivations.openFailed(event.failure);
    if (event.type === 'copied' || event.type === 'copy-failed') this.#paths.ended(event.goal);
    if (event.type === 'built' || event.type === 'build-failed' || event.type === 'build-busy' || event.type === 'broken') {
      this.#derivations.ended(event.goal);
      this.#paths.ended(event.goal);
    }
    const goal = this.#goals.get(event.goal);
    if (!goal || !isBusy(goal)) return;
    if (event.type === 'broken') this.fail(goal, event.failure);
    else if (goal.kind === 'path') this.#paths.take(goal, event);
    else this.#derivations.take(goal, event);
  }

  // ——— goals ———

  pathGoal(path: string, repair = false): Goal {
    const key = `${repair ? 'repair' : ''} ${path}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const goal: PathGoal = newPathGoal(this.#nextId++, key, path, repair);
    this.#add(goal);
    this.#paths.begin(goal);
    return goal;
  }

  derivationGoal(drvPath: string, outputs: readonly string[] | '*', mode: Mode): Goal {
    const key = `${mode}!${drvPath}`;
    const known = this.#byKey.get(key) as DerivationGoal | undefined;
    const goal = known ?? newDerivationGoal(this.#nextId++, key, drvPath, mode);
    want(goal, outputs);
    if (!known) this.#add(goal);
    // Others wanted less of it, and that has been done.
    else if (goal.state !== 'done' || isSatisfied(goal)) return goal;
    else goal.substituted = false;
    this.#derivations.begin(goal);
    return goal;
  }

  #add(goal: Goal) {
    this.#goals.set(goal.id, goal);
    this.#byKey.set(goal.key, goal);
    if (isBusy(goal)) this.#busy++;
  }

  setState(goal: Goal, state: Goal['state']) {
    const before = isBusy(goal);
    goal.state = state;
    this.#busy += Number(isBusy(goal)) - Number(before);
  }

  emit(effect: Effect) {
    this.#effects.push(effect);
  }

  ask(goal: Goal, effect: Effect) {
    this.setState(goal, 'asking');
    this.emit(effect);
  }

  await(goal: Goal, others: Iterable<Goal>, stage: Goal['stage']) {
    this.setState(goal, 'waiting');
    Object.assign(goal, { stage, pending: 0, failures: 0, absent: 0 });
    for (const other of new Set(others)) {
      goal.needs.add(other);
      if (other.state === 'failed') this.#countFailure(goal, other);
      else if (other.state !== 'done') {
        other.waiters.add(goal);
        goal.pending++;
      }
    }
    if (goal.pending === 0 || this.#stopsEarly(goal)) this.#wake(goal);
  }

  #countFailure(goal: Goal, other: Goal) {
    goal.failures++;
    if (other.isAbsent) goal.absent++;
    for (const kind of other.kinds) goal.kinds.add(kind);
  }

  #stopsEarly(goal: Goal): boolean {
    return !this.options.keepGoing && goal.stage !== 'outputs' && goal.failures > 0;
  }

  #wake(goal: Goal) {
    if (goal.pending > 0) for (const other of goal.needs) other.waiters.delete(goal);
    goal.pending = 0;
    this.#ready.push(goal);
  }

  #goOn(goal: Goal) {
    if (goal.state !== 'waiting' || !this.#goals.has(goal.id)) return;
    if (goal.kind === 'path') this.#paths.goOn(goal);
    else this.#derivations.goOn(goal);
  }

  // ——— ends of goals ———

  succeed(goal: Goal) {
    this.setState(goal, 'done');
    this.#ended(goal);
  }

  fail(goal: Goal, failure: Failure, absent = false) {
    this.setState(goal, 'failed');
    goal.failure = failure;
    goal.isAbsent = absent;
    // What failed below counts, not that this one could not go on.
    if (goal.kinds.size === 0) goal.kinds.add(failure.kind);
    if (!absent && goal.waiters.size > 0 && goal.requests.size === 0) this.emit({ type: 'report', failure });
    this.#ended(goal);
  }

  #ended(goal: Goal) {
    for (const waiter of goal.waiters) {
      if (goal.state === 'failed') this.#countFailure(waiter, goal);
      waiter.pending--;
      goal.waiters.delete(waiter);
      if (waiter.pending === 0 || this.#stopsEarly(waiter)) this.#wake(waiter);
    }
    for (const request of [...goal.requests]) {
      goal.requests.delete(request);
      request.pending--;
      if (request.pending === 0 || (goal.state === 'failed' && !this.options.keepGoing)) this.#end(request.id);
    }
  }

  /** Whether goals wait for each other, and one of them has been told so. Store paths of honest stores do not. */
  #breakCircle(): boolean {
    if (this.#busy > 0 || this.#requests.size === 0 || this.#derivations.isOpening || this.#paths.isRunning || this.#derivations.isRunning)
      return false;
    for (const goal of this.#goals.values()) {
      if (goal.state !== 'waiting') continue;
      for (const other of goal.needs) other.waiters.delete(goal);
      this.fail(goal, { kind: 'unavailable', message: circular(goal.kind === 'path' ? goal.path : goal.drvPath) });
      return true;
    }
    return false;
  }

  // ——— requests ———

  #want(id: number, targets: readonly Target[]) {
    const goals = new Map<Target, Goal>();
    const request: Request = { id, targets: goals, pending: 0 };
    this.#requests.set(id, request);
    for (const target of targets) {
      const goal =
        'path' in target ? this.pathGoal(target.path, target.repair) : this.derivationGoal(target.drvPath, target.outputs, target.mode);
      goals.set(target, goal);
    }
    for (const goal of new Set(goals.values())) {
      if (goal.state === 'done' || goal.state === 'failed') continue;
      goal.requests.add(request);
      request.pending++;
    }
    if (request.pending === 0) this.#end(id);
  }

  #end(id: number) {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#requests.delete(id);
    const failures = new Map<Target, Failure>();
    const kinds = new Set<FailureKind>();
    for (const [target, goal] of request.targets) {
      goal.requests.delete(request);
      for (const kind of goal.kinds) kinds.add(kind);
      if (goal.failure) failures.set(target, goal.failure);
    }
    this.emit({ type: 'finish', request: id, failures, roots: rootsOf(request.targets.values()), kinds: [...kinds] });
    if (failures.size > 0 || request.pending > 0) this.#sweep();
    if (this.#requests.size === 0) this.#derivations.forgetOpenFailure();
  }

  /** Lets go of what no request needs, and of failures: who asks again gets another try. */
  #sweep() {
    const needed = new Set<Goal>();
    const todo = [...this.#requests.values()].flatMap(({ targets }) => [...targets.values()]);
    for (let goal = todo.pop(); goal; goal = todo.pop()) {
      if (needed.has(goal)) continue;
      needed.add(goal);
      todo.push(...goal.needs);
    }
    for (const goal of this.#goals.values()) {
      if (goal.state === 'done' || needed.has(goal)) continue;
      this.#goals.delete(goal.id);
      this.#byKey.delete(goal.key);
      if (isBusy(goal)) {
        this.#busy--;
        this.emit({ type: 'abort', goal: goal.id });
      }
      for (const other of goal.needs) other.waiters.delete(goal);
      if (goal.kind === 'path') this.#paths.forget(goal);
      else this.#derivations.forget(goal);
    }
  }
}
