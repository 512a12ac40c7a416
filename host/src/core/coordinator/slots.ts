/** Who builds what: builders, their slots, and who waits for one. */
import type { BuilderFacts } from './events.ts';
import type { DerivationGoal } from './goal.ts';

/** Goals that the same builders can build wait in one line. */
interface Line {
  readonly builders: readonly number[];
  readonly goals: Set<DerivationGoal>;
}

export class Slots {
  readonly #builders: readonly BuilderFacts[];
  readonly #free: number[];
  readonly #lines = new Map<string, Line>();

  constructor(builders: readonly BuilderFacts[]) {
    this.#builders = builders;
    this.#free = builders.map(({ slots }) => slots);
  }

  get builders(): readonly BuilderFacts[] {
    return this.#builders;
  }

  /** Puts a goal in the line for those that can build it; false where nobody can. */
  enqueue(goal: DerivationGoal): boolean {
    const line = this.#lineOf(goal);
    if (line.builders.length === 0) return false;
    line.goals.add(goal);
    return true;
  }

  remove(goal: DerivationGoal) {
    this.#lineOf(goal).goals.delete(goal);
  }

  release(builder: number) {
    this.#free[builder]!++;
  }

  /** Takes the next goal that a builder is free for. */
  take(): { goal: DerivationGoal; builder: number } | undefined {
    for (const { goals, builders } of this.#lines.values()) {
      const [goal] = goals;
      if (!goal) continue;
      const free = builders.filter((builder) => this.#free[builder]! > 0);
      // After a failure of its builder it goes to another one, where there is.
      const builder = free.find((each) => goal.attempts === 0 || each !== goal.builder) ?? free[0];
      if (builder === undefined) continue;
      goals.delete(goal);
      this.#free[builder]!--;
      return { goal, builder };
    }
    return undefined;
  }

  #lineOf({ facts }: DerivationGoal): Line {
    const { system, features, anywhere, preferLocal = false } = facts!;
    const here = anywhere || preferLocal;
    const key = JSON.stringify([here, anywhere ? '' : system, ...features]);
    const known = this.#lines.get(key);
    if (known) return known;
    const can = (builder: BuilderFacts) =>
      builder.slots > 0 &&
      (anywhere || builder.systems.includes(system)) &&
      (builder.mandatory ?? []).every((feature) => features.includes(feature)) &&
      features.every((feature) => builder.features.includes(feature));
    const [own, ...others] = this.#builders.keys();
    const order = here ? [own!, ...others] : [...others, own!];
    const line = { builders: order.filter((index) => can(this.#builders[index]!)), goals: new Set<DerivationGoal>() };
    this.#lines.set(key, line);
    return line;
  }
}
