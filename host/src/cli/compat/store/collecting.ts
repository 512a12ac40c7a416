// `nix-store`'s operations that delete and check: --gc, --delete, --verify, --verify-path.
import { notValid, type Store, unsupported } from '@vixen/store';
import { collectAndTell, collectorOf, parseSize, printRoots } from '../../commands/store/gc.ts';
import { damageOf } from '../../commands/store/verify.ts';
import { log, writeOut } from '../../output.ts';
import { storePathOf } from '../../store/paths.ts';
import { UsageError } from '../../usage.ts';
import type { Operation, OperationInput } from '../nix-store.ts';
import { noArguments, refuseFlags } from './contents.ts';

type GcMode = 'delete' | 'dead' | 'live' | 'roots';

const modes: Readonly<Record<string, GcMode>> = { '--print-roots': 'roots', '--print-live': 'live', '--print-dead': 'dead' };

function gcMode({ flags }: OperationInput): GcMode {
  let mode: GcMode = 'delete';
  for (const flag of flags) {
    if (flag === '--max-freed') continue;
    if (!Object.hasOwn(modes, flag)) throw new UsageError(`bad sub-operation '\x0e${flag}\x0f' in GC`);
    mode = modes[flag]!;
  }
  return mode;
}

export const gc: Operation = async (context, input) => {
  noArguments(input);
  const { signal } = context;
  const mode = gcMode(input);
  const max = input.values.get('--max-freed');
  if (max !== undefined && mode !== 'delete') {
    throw new UsageError('option --max-freed cannot be combined with --print-live, --print-dead, or --print-roots');
  }
  const store = await context.store();
  if (mode === 'roots') return printRoots(store, signal);
  if (mode === 'delete') return collectAndTell(store, { mode, signal, ...(max !== undefined && { maxFreed: parseSize(max) }) });
  const { paths } = await collectorOf(store).collect({ mode, signal });
  for (const path of [...paths].sort()) writeOut(`${path}\n`);
};

export const deletePaths: Operation = async (context, input) => {
  refuseFlags(input, ['--ignore-liveness']);
  const store = await context.store();
  const paths = input.args.map((word) => storePathOf(store, word));
  await collectAndTell(store, {
    mode: 'specific',
    paths,
    ignoreLiveness: input.flags.includes('--ignore-liveness'),
    signal: context.signal,
  });
};

/** Checks the whole store; whether problems are left. */
async function problemsIn(store: Store, checkContents: boolean, repair: boolean, signal: AbortSignal): Promise<boolean> {
  let problems = 0;
  await store.verify({
    checkContents,
    repair,
    signal,
    onProblem: ({ message }) => {
      problems += 1;
      log(`error: ${message}`);
    },
  });
  return problems > 0;
}

export const verify: Operation = async (context, input) => {
  noArguments(input);
  refuseFlags(input, ['--check-contents', '--repair']);
  const has = (flag: string) => input.flags.includes(flag);
  const left = await problemsIn(await context.store(), has('--check-contents'), has('--repair'), context.signal);
  if (!left) return 0;
  context.warn('not all store errors were fixed');
  return 1;
};

export const verifyPath: Operation = async (context, input) => {
  refuseFlags(input);
  const { signal } = context;
  const store = await context.store();
  let status = 0;
  for (const word of input.args) {
    const path = storePathOf(store, word);
    const info = await store.pathInfo(path, { signal });
    if (!info) throw notValid(path);
    const damage = await damageOf(store, info, signal);
    if (damage === undefined) continue;
    log(`error: ${damage}`);
    status = 1;
  }
  return status;
};

export const repairPath: Operation = async (context, input) => {
  refuseFlags(input);
  const { signal } = context;
  const store = await context.store();
  const urls = context.config.settings.list('substituters');
  if (urls.length === 0) throw unsupported(store.url, 'repairing without substituters');
  const { repairFrom } = await import('../../store/repair.ts');
  for (const word of input.args) await repairFrom(context, store, urls, storePathOf(store, word), signal);
};

export const optimise: Operation = async (_context, input) => {
  noArguments(input);
  refuseFlags(input);
};
