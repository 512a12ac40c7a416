// Where everything starts. Small on purpose: what a command needs is loaded when the command is known.
import path from 'node:path';
import type { Run as NamedRun } from './groups.ts';
import { begin } from './remembered/invocation.ts';
import { vixenVersion } from './version.ts';
import { writeData } from './write-all.ts';

type Run = (args: string[]) => Promise<number>;

/** A command that is told by which name it was called. */
const named = (program: string, load: () => Promise<NamedRun>) => async (): Promise<Run> => {
  const run = await load();
  return (args) => run(program, args);
};

/** A command whose runs are remembered (remembered/): one that has nothing to do is not even loaded. */
const remembered = (program: string, load: () => Promise<Run>) => async (): Promise<Run> => async (args) => {
  const output = begin(program, args);
  if (output === undefined) return (await load())(args);
  writeData(Buffer.from(output));
  return 0;
};

/** Commands that can be called by Nix's own names. */
const dropIns: Record<string, () => Promise<Run>> = {
  'nix-instantiate': async () => (await import('./compat/nix-instantiate.ts')).nixInstantiate,
  'nix-store': named('nix-store', async () => (await import('./compat/nix-store.ts')).nixStore),
  'nix-hash': named('nix-hash', async () => (await import('./compat/nix-hash.ts')).nixHash),
  'nix-shell': async () => (await import('./compat/nix-shell.ts')).nixShell,
  'nix-build': remembered('nix-build', async () => (await import('./compat/nix-build.ts')).nixBuild),
  nix: named('nix', async () => (await import('./compat/nix.ts')).nix),
};

const commands: Record<string, () => Promise<Run>> = {
  build: remembered('vixen build', async () => (await import('./commands/build.ts')).vixenBuild),
  run: named('vixen run', async () => (await import('./commands/run.ts')).runRun),
  shell: named('vixen shell', async () => (await import('./commands/shell.ts')).shellRun),
  develop: named('vixen develop', async () => (await import('./commands/develop.ts')).developRun),
  log: named('vixen log', async () => (await import('./commands/log.ts')).logCommand),
  'why-depends': named('vixen why-depends', async () => (await import('./commands/why-depends.ts')).whyDepends),
  derivation: named('vixen derivation', async () => (await import('./commands/derivation/group.ts')).derivationGroup),
  builder: named('vixen builder', async () => (await import('./commands/builder/group.ts')).builderGroup),
  eval: async () => (await import('./commands/eval.ts')).evalCommand,
  instantiate: async () => (await import('./commands/instantiate.ts')).instantiateCommand,
  parse: async () => (await import('./commands/instantiate.ts')).parseCommand,
  repl: async () => (await import('./commands/repl.ts')).replCommand,
  store: named('vixen store', async () => (await import('./commands/store/group.ts')).storeGroup),
  hash: named('vixen hash', async () => (await import('./commands/hash/group.ts')).hashGroup),
  key: named('vixen key', async () => (await import('./commands/key/group.ts')).keyGroup),
  nar: named('vixen nar', async () => (await import('./commands/nar/group.ts')).narGroup),
  link: async () => (await import('./commands/link.ts')).linkCommand,
  ...dropIns,
};

async function main(argv: string[]): Promise<number> {
  const [, script = '', ...args] = argv;
  // Called by the name of a drop-in: through a link that `vixen link` has made.
  const called = path.basename(script);
  if (Object.hasOwn(dropIns, called)) return (await dropIns[called]!())(args);
  const [command, ...rest] = args;
  if (command === '--version' || command === 'version') {
    writeData(Buffer.from(`vixen ${vixenVersion}\n`));
    return 0;
  }
  if (command !== undefined && Object.hasOwn(commands, command)) return (await commands[command]!())(rest);
  return (await import('./commands/overview.ts')).overview(command, Object.keys(commands));
}

// No `await` at the top level: the bundle is CommonJS, which starts ten milliseconds faster than modules do.
async function start() {
  try {
    process.exitCode = await main(process.argv);
  } catch (error) {
    // A bug of ours: everything that can go wrong with input is reported by the command.
    const { internalError } = await import('./internal-error.ts');
    process.exitCode = internalError(error);
  }
  // Everything has been written by then. Bun goes on watching pipes of builds that have ended.
  if ('bun' in process.versions) process.exit();
}
void start();
