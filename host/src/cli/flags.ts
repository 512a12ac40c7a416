// Command lines as Nix reads them (libutil/args.cc): long and short flags with a fixed number of values, short ones that stand together, all
// settings as flags.
import { settingKind } from '../core/config/settings.ts';
import { editDistance } from '../core/errors/suggestions.ts';
import { UsageError } from './usage.ts';

export interface Flag {
  /** `--long`, `-s`. */
  names: string[];
  /** What the values are called; as many values as labels. */
  labels?: string[];
  help: string;
  run(...values: string[]): void;
  /** Says, in the words of the older commands, that a value is missing. */
  legacy?: boolean;
}

export interface ArgumentOptions {
  flags: Flag[];
  positional(value: string): void;
  setting(name: string, value: string): void;
  /** Takes flags that nobody knows, instead of an error. */
  unknownFlag?: ((flag: string) => void) | undefined;
}

/** `-qlf` as `-q -l -f`, `-j3` as `-j 3`. */
function expand(argument: string): string[] {
  if (!/^-[A-Za-z]./.test(argument)) return [argument];
  const letters = /^[A-Za-z]+/.exec(argument.slice(1))![0];
  const rest = argument.slice(1 + letters.length);
  return [...[...letters].map((letter) => `-${letter}`), ...(rest === '' ? [] : [rest])];
}

/** A setting as a flag: `--cores 2`, `--restrict-eval`, `--no-sandbox`, `--extra-nix-path x`. */
function settingFlag(name: string, setting: ArgumentOptions['setting']): Flag | undefined {
  const help = '';
  const kind = settingKind(name);
  if (kind === 'bool') return { names: [], help, run: () => setting(name, 'true') };
  if (kind) return { names: [], labels: ['value'], help, run: (value) => setting(name, value!) };
  if (name.startsWith('no-') && settingKind(name.slice(3)) === 'bool')
    return { names: [], help, run: () => setting(name.slice(3), 'false') };
  const base = name.startsWith('extra-') ? name.slice('extra-'.length) : '';
  if (settingKind(base) === 'list') return { names: [], labels: ['value'], help, run: (value) => setting(name, value!) };
  return undefined;
}

function similar(name: string, flags: Flag[]): string {
  const names = flags.flatMap((flag) => flag.names).filter((other) => other.startsWith('--'));
  const near = names.map((other) => [editDistance(name, other), other] as const).filter(([distance]) => distance <= 2);
  const [best] = near.sort(([a], [b]) => a - b);
  return best && name.startsWith('--') ? `. Did you mean '\x0e${best[1]}\x0f'?` : '';
}

/** Reads a command line: calls what it asks for, in its order. */
export function parseArguments(args: readonly string[], { flags, positional, setting, unknownFlag }: ArgumentOptions, suggest = false) {
  const byName = new Map(flags.flatMap((flag) => flag.names.map((name) => [name, flag] as const)));
  const todo = [...args].reverse();
  let onlyPositional = false;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (!onlyPositional && next === '--') {
      onlyPositional = true;
      continue;
    }
    if (onlyPositional || !next.startsWith('-') || next === '-') {
      positional(next);
      continue;
    }
    const [name, ...more] = expand(next);
    todo.push(...more.reverse());
    const flag = byName.get(name!) ?? (name!.startsWith('--') ? settingFlag(name!.slice(2), setting) : undefined);
    if (!flag && unknownFlag) {
      unknownFlag(name!);
      continue;
    }
    if (!flag) throw new UsageError(`unrecognised flag '\x0e${name}\x0f'${suggest ? similar(name!, flags) : ''}`);
    flag.run(...takeValues(name!, flag, todo));
  }
}

function takeValues(name: string, { labels = [], legacy }: Flag, todo: string[]): string[] {
  const values: string[] = [];
  for (const _ of labels) {
    const value = todo.pop();
    if (value !== undefined) {
      values.push(value);
      continue;
    }
    if (legacy) throw new UsageError(`'\x0e${name}\x0f' requires an argument`);
    throw new UsageError(
      `flag '\x0e${name}\x0f' requires \x0e${labels.length}\x0f argument(s), but only \x0e${values.length}\x0f were given`,
    );
  }
  return values;
}
