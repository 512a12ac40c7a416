// Where everything starts. Small on purpose: what a command needs is loaded when the command is known.
import path from 'node:path';
import { vixenVersion } from './version.ts';

type Run = (args: string[]) => Promise<number>;

const nixInstantiate = async (): Promise<Run> => (await import('./compat/nix-instantiate.ts')).nixInstantiate;

const commands: Record<string, () => Promise<Run>> = {
  eval: async () => (await import('./commands/eval.ts')).evalCommand,
  instantiate: async () => (await import('./commands/instantiate.ts')).instantiateCommand,
  parse: async () => (await import('./commands/instantiate.ts')).parseCommand,
  repl: async () => (await import('./commands/repl.ts')).replCommand,
  link: async () => (await import('./commands/link.ts')).linkCommand,
  'nix-instantiate': nixInstantiate,
};

async function main(argv: string[]): Promise<number> {
  const [, script = '', ...args] = argv;
  // Called by the name of a drop-in: through a link that `vixen link` has made.
  if (path.basename(script) === 'nix-instantiate') return (await nixInstantiate())(args);
  const [command, ...rest] = args;
  if (command === '--version' || command === 'version') {
    process.stdout.write(`vixen ${vixenVersion}\n`);
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
}
void start();
