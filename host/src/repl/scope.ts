// The variables of a repl: a set that grows, in which every line is evaluated.
import { ErrorCode, type Handle, NixError, type SourceText, ValueKind } from '@vixen/eval-core';
import { globalNames } from '../core/global-names.ts';
import type { Session } from '../core/session.ts';

/** The input is not finished: more lines are to come. */
export class IncompleteInput extends Error {
  override readonly name = 'IncompleteInput';
  readonly code = 'VIXEN_INCOMPLETE';
}

const isSyntaxError = (error: unknown): error is NixError => error instanceof NixError && error.code === ErrorCode.Parse;
// not an error in a file that the input imports
const endsEarly = ({ message, position, traces }: NixError) =>
  message.includes('unexpected end of file') && traces.length === 0 && position?.origin.kind !== 'path';

export class Scope {
  readonly #session: Session;
  readonly #base: string;
  #variables: Handle;

  constructor(session: Session, base: string) {
    this.#session = session;
    this.#base = base;
    this.#variables = session.machine.makeAttrs();
  }

  /** All names that are in scope, sorted. */
  names(): string[] {
    return [...new Set([...globalNames, ...this.variables()])].sort();
  }

  /** The names that were added. */
  variables(): string[] {
    return this.#session.machine.attrNames(this.#variables);
  }

  clear() {
    this.#variables = this.#session.machine.makeAttrs();
  }

  #evaluate(text: string): Promise<Handle> {
    const source: SourceText = { text, base: this.#base };
    return this.#session.run(this.#session.machine.evalScoped(source, this.#variables));
  }

  /** The value of an expression, forced. */
  async evaluate(text: string): Promise<Handle> {
    try {
      return await this.#evaluate(text);
    } catch (error) {
      if (isSyntaxError(error) && endsEarly(error)) throw new IncompleteInput(error.message, { cause: error });
      throw error;
    }
  }

  /** Takes `x = …` and `inherit …` as definitions; answers whether the line is one. */
  async define(line: string): Promise<boolean> {
    for (const text of [`{ ${line}\n}`, `{ ${line}\n; }`]) {
      try {
        // Only behind `rec` is a brace never the beginning of a function's arguments.
        await this.#evaluate(`rec ${text}`);
      } catch (error) {
        if (!isSyntaxError(error)) throw error;
        if (endsEarly(error)) throw new IncompleteInput(error.message, { cause: error });
        continue;
      }
      await this.add(await this.#evaluate(text));
      return true;
    }
    return false;
  }

  /** Adds all attributes of a set; gives their names. */
  async add(set: Handle): Promise<string[]> {
    const session = this.#session;
    const forced = await session.force(set);
    if (session.kind(forced) !== ValueKind.Attrs) {
      const message = `expected a set but found ${session.typeName(forced)}`;
      throw new NixError(ErrorCode.Type, message).withTrace('while evaluating an attribute set to be merged in the global scope');
    }
    const merge = await session.evalString({ text: 'old: new: old // new', base: '/' });
    this.#variables = await session.apply(await session.apply(merge, this.#variables), forced);
    return session.machine.attrNames(forced);
  }
}
