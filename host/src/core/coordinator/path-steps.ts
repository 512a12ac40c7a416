/** How a path becomes valid without being built: is it there, who has it, what it refers to, copy it. */
import type { CoordinatorEvent, GoalId } from './events.ts';
import type { PathGoal } from './goal.ts';
import type { MachineCore } from './machine.ts';
import { noSubstituter, referencesFailed } from './messages.ts';

export class PathSteps {
  readonly #core: MachineCore;
  readonly #queue = new Set<PathGoal>();
  /** Copies under way, those that nobody wants any more too. */
  readonly #running = new Set<GoalId>();

  constructor(core: MachineCore) {
    this.#core = core;
  }

  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  begin(goal: PathGoal) {
    if (goal.repair) this.#next(goal);
    else this.#core.ask(goal, { type: 'check', goal: goal.id, path: goal.path });
  }

  take(goal: PathGoal, event: CoordinatorEvent) {
    switch (event.type) {
      case 'checked':
        return event.valid ? this.#core.succeed(goal) : this.#next(goal);
      case 'queried':
        return this.#queried(goal, event.offer);
      case 'copied':
        return this.#core.succeed(goal);
      case 'copy-failed':
        if (!event.ignored) goal.broken = true;
        return this.#next(goal);
    }
  }

  #next(goal: PathGoal) {
    goal.substituter++;
    const { id, path, substituter } = goal;
    if (substituter < this.#core.options.substituters) return this.#core.ask(goal, { type: 'query', goal: id, path, substituter });
    this.#core.fail(goal, { kind: 'unavailable', message: noSubstituter(path) }, !goal.broken);
  }

  #queried(goal: PathGoal, offer: PathGoal['offer']) {
    if (!offer) return this.#next(goal);
    goal.offer = offer;
    const references = offer.references.filter((reference) => reference !== goal.path);
    if (!goal.counted) {
      const { narSize, downloadSize } = offer;
      this.#core.emit({ type: 'expect', builds: 0, copies: 1, narSize, downloadSize });
    }
    goal.counted = true;
    const goals = references.map((reference) => this.#core.pathGoal(reference));
    this.#core.await(goal, goals, 'references');
  }

  goOn(goal: PathGoal) {
    if (goal.failures > 0) {
      this.#core.fail(goal, { kind: 'unavailable', message: referencesFailed(goal.path) }, goal.absent > 0);
      return;
    }
    this.#core.setState(goal, 'queued');
    this.#queue.add(goal);
  }

  /** Begins what may begin. */
  start() {
    for (const goal of this.#queue) {
      if (this.#running.size >= Math.max(1, this.#core.options.copies)) return;
      this.#queue.delete(goal);
      this.#running.add(goal.id);
      this.#core.setState(goal, 'running');
      const { id, path, substituter, repair } = goal;
      this.#core.emit({ type: 'copy', goal: id, path, substituter, repair });
    }
  }

  ended(goal: GoalId) {
    this.#running.delete(goal);
  }

  forget(goal: PathGoal) {
    this.#queue.delete(goal);
  }
}
