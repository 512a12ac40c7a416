// What commands about stores have in common: settings and `--store` from the command line, errors, help, and ending early.

import type { Store } from '@vixen/store';
import { loadConfig } from '../../node/config.ts';
import { type Flag, parseArguments } from '../flags.ts';
import type { Run } from '../groups.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { reportFailure } from '../report.ts';
import { UsageError } from '../usage.ts';
import { StoreContext } from './context.ts';

export interface StoreCommand {
  readonly flags?: readonly Flag[];
  /** Takes the arguments that are no flags; without it there may be none. */
  readonly positional?: (value: string) => void;
  /** Takes flags that are not declared; without it they are refused. */
  readonly unknownFlag?: (flag: string) => void;
  /** Answers the exit code where it is not 0. */
  run(context: StoreContext): Promise<number | void>;
}

export interface StoreCommandSpec {
  /** What stands behind the program's name: `[FLAGS] PATH…`. */
  readonly usage: string;
  readonly about: string;
  /** Arguments, as they stand behind the program's name. */
  readonly examples: readonly string[];
  create(): StoreCommand;
}

const noArguments = (value: string): never => {
  throw new UsageError(`unexpected argument '\x0e${value}\x0f'`);
};

function commonFlags(context: StoreContext): Flag[] {
  const { config } = context;
  return [
    { names: ['--store'], labels: ['store-url'], help: 'the store to use', run: (url) => (context.storeUrl = url!) },
    {
      names: ['--option'],
      labels: ['name', 'value'],
      help: 'set a setting of nix.conf',
      run: (name, value) => context.set(name!, value!),
    },
    { names: ['--verbose', '-v'], help: 'say more', run: () => (context.verbosity += 1) },
    { names: ['--quiet'], help: 'say less', run: () => (context.verbosity = Math.max(0, context.verbosity - 1)) },
    { names: ['--debug'], help: '', run: () => (context.verbosity = 6) },
    { names: ['--log-format'], labels: ['format'], help: '', run: (format) => (context.logFormat = format!) },
    { names: ['--offline'], help: '', run: () => config.settings.set('substitute', 'false') },
  ];
}

/** Makes the command that a specification describes. */
export function storeCommand(spec: StoreCommandSpec): Run {
  return async (program, args) => {
    let context: StoreContext | undefined;
    try {
      context = new StoreContext(program, loadConfig(process.env));
      return await runIn(context, spec, args);
    } catch (error) {
      return reportFailure(error, { program, showTrace: context?.config.settings.bool('show-trace') ?? false });
    } finally {
      await context?.close();
    }
  };
}

async function runIn(context: StoreContext, { usage, about, examples, create }: StoreCommandSpec, args: string[]): Promise<number> {
  const { program } = context;
  const command = create();
  const flags = [...(command.flags ?? []), ...commonFlags(context)];
  let help = false;
  const helpFlag: Flag = { names: ['--help'], help: 'print this', run: () => (help = true) };
  parseArguments(
    args,
    {
      flags: [...flags, helpFlag],
      positional: command.positional ?? noArguments,
      setting: (name, value) => context.set(name, value),
      unknownFlag: command.unknownFlag,
    },
    true,
  );
  if (help) {
    const page = {
      usage: [`${program} ${usage}`],
      about,
      flags: [...flags, helpFlag],
      examples: examples.map((line) => `${program} ${line}`),
    };
    writeOut(helpText(page));
    return 0;
  }
  context.warnAboutSettings();
  return (await command.run(context)) ?? 0;
}

/** Refuses a number of arguments. */
export function requireCount(values: readonly string[], least: number, what: string) {
  if (values.length < least) throw new UsageError(`${what} expected`);
}

export type { Store };
