// Commands that have commands below them (`vixen store ls`, `nix hash convert`): tables, their help, and what was perhaps meant.
import { bestMatches, nearest } from '../core/errors/suggestions.ts';
import { writeErr, writeOut } from './output.ts';

/** Runs with its own arguments, under the whole name that it was called by; answers the exit code. */
export type Run = (program: string, args: string[]) => Promise<number>;

export interface GroupEntry {
  readonly about: string;
  /** Loaded when it is called: what a command needs costs others nothing. */
  readonly load: () => Promise<Run>;
  /** Other names. */
  readonly aliases?: readonly string[];
  /** Not in the overview. */
  readonly hidden?: boolean;
}

export type Group = Readonly<Record<string, GroupEntry>>;

const column = 26;

function overview(program: string, about: string, group: Group): string {
  const lines = Object.entries(group).flatMap(([name, entry]) => (entry.hidden ? [] : [`  ${name.padEnd(column - 3)} ${entry.about}`]));
  return `Usage: ${program} COMMAND [ARGUMENTS]\n\n${about}\n\nCommands:\n${lines.join('\n')}\n\n\`${program} COMMAND --help\` says more about a command.\n`;
}

function find(group: Group, name: string): GroupEntry | undefined {
  if (Object.hasOwn(group, name)) return group[name];
  return Object.values(group).find(({ aliases = [] }) => aliases.includes(name));
}

/** A command that does what the command named by its first argument does. */
export function groupRun(about: string, group: Group): Run {
  return async (program, [name, ...args]) => {
    if (name === undefined || name === '--help' || name === '-h') {
      (name === undefined ? writeErr : writeOut)(overview(program, about, group));
      return name === undefined ? 1 : 0;
    }
    const entry = find(group, name);
    if (entry) return (await entry.load())(`${program} ${name}`, args);
    const [best] = nearest(bestMatches(Object.keys(group), name));
    const hint = best ? `. Did you mean '${best.text}'?` : '';
    writeErr(`error: '${name}' is not a recognised command of ${program}${hint}\nTry '${program} --help' for more information.\n`);
    return 1;
  };
}
