// The names in an attribute set, for completion: a workbench of its own, so that the value that is shown stays.
import { type Surroundings, Workbench } from '@vixen/host';
import { noFetching } from './fetching.ts';

const limits = { time: 10_000, memory: 512 * 2 ** 20 };

export class Members {
  readonly #surroundings: Surroundings;
  #bench: Workbench | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** None where the expression is no set, or fails. */
  async of(expression: string): Promise<string[]> {
    this.#bench ??= new Workbench({ ...this.#surroundings, fetching: noFetching, limits });
    const evaluated = await this.#bench.evaluate({ text: `builtins.attrNames (${expression})` });
    const copied = evaluated.ok ? await this.#bench.copy(evaluated.value.value.id, 'json') : undefined;
    return copied?.ok ? (JSON.parse(copied.value) as string[]) : [];
  }
}
