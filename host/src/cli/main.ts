// Where everything starts. Small on purpose: what a command needs is loaded when the command is known.
import path from 'node:path';
import { vixenVersion } from './version.ts';

/** Old names that the program can be called by: links made by `vixen link`. */
const dropIns: Record<string, () => Promise<(args: string[]) => Promise<number>>> = {
  'nix-instantiate': async () => (await import('./compat/nix-instantiate.ts')).nixInstantiate,
};

const commands: typeof dropIns = {
  ...dropIns,
  eval: async () => (await import('./commands/eval.ts')).evalCommand,
};

async function main(argv: string[]): Promise<number> {
  const [, script = '', ...args] = argv;
  const called = path.basename(script);
  if (Object.hasOwn(dropIns, called)) return (await dropIns[called]!())(args);
  const [command, ...rest] = args;
  if (command === '--version' || command === 'version') {
    process.stdout.write(`vixen ${vixenVersion}\n`);
    return 0;
  }
  if (command !== undefined && Object.hasOwn(commands, command)) return (await commands[command]!())(rest);
  return (await import('./commands/overview.ts')).overview(command, Object.keys(commands));
}

try {
  process.exitCode = await main(process.argv);
} catch (error) {
  // A bug of ours: everything that can go wrong with input is reported by the command.
  const { internalError } = await import('./internal-error.ts');
  process.exitCode = internalError(error);
}
