// The builtins as the evaluator's own table lists them, with their descriptions.
import { globalNames as globals } from '@vixen/host';
import table from '../../../../eval-core/assembly/gen/builtins.json';

export interface Builtin {
  name: string;
  /** Arguments that it takes; 0 for a constant. */
  arity: number;
  /** In the words of docs/builtins.md; code stands between backticks. */
  doc: string;
  /** The experimental feature that it belongs to. */
  feature?: string;
}

const all = (table as Builtin[]).filter(({ feature }) => feature !== 'internal');

export const builtins: ReadonlyMap<string, Builtin> = new Map(all.map((builtin) => [builtin.name, builtin]));

/** Names that are in scope without `builtins.`, but for the words that stand for values. */
export const globalNames: ReadonlySet<string> = new Set(globals.filter((name) => !['true', 'false', 'null'].includes(name)));
