// The drop-in `nix`: the commands of Nix's newer command line that Vixen has.
import { groupRun, type Run } from '../groups.ts';
import { writeOut } from '../output.ts';
import { nixVersion } from '../version.ts';

/** A command that does not ask under which name it was called. */
const plain = (load: () => Promise<(args: string[]) => Promise<number>>) => async (): Promise<Run> => async (_program, args) =>
  (await load())(args);

const group = groupRun('Nix, by Vixen.', {
  build: { about: 'build a derivation or fetch a store path', load: async () => (await import('../commands/build.ts')).nixBuildCommand },
  run: { about: 'run a program of what is built', load: async () => (await import('../commands/run.ts')).runRun },
  shell: { about: 'run a shell with packages', load: async () => (await import('../commands/shell.ts')).shellRun },
  develop: { about: 'run a shell with what a build needs', load: async () => (await import('../commands/develop.ts')).developRun },
  log: { about: 'print the log of a build', load: async () => (await import('../commands/log.ts')).logCommand },
  'why-depends': {
    about: 'show why a package has another in its closure',
    load: async () => (await import('../commands/why-depends.ts')).whyDepends,
  },
  derivation: { about: 'work with derivations', load: async () => (await import('../commands/derivation/group.ts')).derivationGroup },
  eval: { about: 'evaluate an expression', load: plain(async () => (await import('../commands/eval.ts')).evalCommand) },
  repl: { about: 'evaluate interactively', load: plain(async () => (await import('../commands/repl.ts')).replCommand) },
  copy: { about: 'copy paths between stores', load: async () => (await import('../commands/store/copy.ts')).storeCopy },
  'path-info': {
    about: 'print what is known about store paths',
    load: async () => (await import('../commands/store/path-info.ts')).pathInfo,
  },
  store: { about: 'work on a store', load: async () => (await import('../commands/store/group.ts')).nixStoreGroup },
  hash: { about: 'compute and convert hashes', load: async () => (await import('../commands/hash/group.ts')).hashGroup },
  key: { about: 'make and convert keys', load: async () => (await import('../commands/key/group.ts')).keyGroup },
  nar: { about: 'make and read archives', load: async () => (await import('../commands/nar/group.ts')).narGroup },
});

/** Flags of the program's own that may stand before the command. */
const before = new Set(['--extra-experimental-features', '--experimental-features', '--store', '--option', '--log-format']);

export const nix: Run = async (program, args) => {
  if (args[0] === '--version') {
    writeOut(`nix (Nix) ${nixVersion}\n`);
    return 0;
  }
  // Nix takes flags before the command, too: they are moved behind it.
  const leading: string[] = [];
  const rest = [...args];
  while (rest.length > 0 && rest[0]!.startsWith('-') && rest[0] !== '--help') {
    const flag = rest.shift()!;
    const count = flag === '--option' ? 2 : before.has(flag) ? 1 : 0;
    leading.push(flag, ...rest.splice(0, count));
  }
  const [command, ...more] = rest;
  if (command === undefined || leading.length === 0) return group(program, rest);
  const nested =
    more[0] !== undefined && !more[0].startsWith('-') && ['store', 'hash', 'key', 'nar', 'derivation'].includes(command)
      ? [more.shift()!]
      : [];
  return group(program, [command, ...nested, ...leading, ...more]);
};
