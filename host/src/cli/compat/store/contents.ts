// `nix-store`'s operations that move contents: --add, --add-fixed, --dump, --restore, --export, --import.
import path from 'node:path';
import { type AddMethod, exportPaths, importPaths, notValid, topologicalOrder } from '@vixen/store';
import { dumpTree, restoreTree } from '@vixen/store/tree';
import { type HashAlgo, parseHash, parseHashAlgo, StoreDir } from '@vixen/wasm';
import { addFiles } from '../../../node/archives.ts';
import { nodeHashers } from '../../../node/hashing.ts';
import { writeOut } from '../../output.ts';
import type { StoreContext } from '../../store/context.ts';
import { storePathOf } from '../../store/paths.ts';
import { stdinChunks, stdinPassing, writeChunks } from '../../store/streams.ts';
import { UsageError } from '../../usage.ts';
import type { Operation, OperationInput } from '../nix-store.ts';

/** Refuses flags that an operation does not have. */
export function refuseFlags({ flags }: OperationInput, known: readonly string[] = []) {
  for (const flag of flags) if (!known.includes(flag)) throw new UsageError(`unknown flag '\x0e${flag}\x0f'`);
}

const onlyOne = ({ args }: OperationInput): string => {
  if (args.length !== 1) throw new UsageError('only one argument allowed');
  return args[0]!;
};

/** Refuses arguments. */
export function noArguments({ args }: OperationInput) {
  if (args.length > 0) throw new UsageError('no arguments expected');
}

async function addAll(context: StoreContext, words: readonly string[], method: AddMethod, algo: HashAlgo) {
  const store = await context.store();
  for (const word of words) {
    const source = path.resolve(word);
    const request = { source, name: path.basename(source), method, algo, signal: context.signal };
    writeOut(`${(await addFiles(store, request)).path}\n`);
  }
}

export const add: Operation = async (context, input) => {
  refuseFlags(input);
  await addAll(context, input.args, 'nar', 'sha256');
};

export const addFixed: Operation = async (context, input) => {
  refuseFlags(input, ['--recursive']);
  const [algo, ...words] = input.args;
  if (algo === undefined) throw new UsageError('first argument must be hash algorithm');
  await addAll(context, words, input.flags.includes('--recursive') ? 'nar' : 'flat', parseHashAlgo(algo));
};

export const printFixedPath: Operation = async (_context, input) => {
  refuseFlags(input, ['--recursive']);
  const [algo, hash, name] = input.args;
  if (input.args.length !== 3) throw new UsageError("'\x0e--print-fixed-path\x0f' requires three arguments");
  const method = input.flags.includes('--recursive') ? 'nar' : 'flat';
  const parsed = parseHash(hash!, parseHashAlgo(algo!));
  writeOut(`${new StoreDir(nodeHashers).makeFixedOutputPath(name!, { method, hash: parsed })}\n`);
};

export const dump: Operation = async ({ signal }, input) => {
  refuseFlags(input);
  await writeChunks(dumpTree(onlyOne(input), { signal }));
};

export const restore: Operation = async ({ signal }, input) => {
  refuseFlags(input);
  await restoreTree(stdinPassing(signal), onlyOne(input), { signal });
};

export const exportOperation: Operation = async (context, input) => {
  refuseFlags(input);
  const { signal } = context;
  const store = await context.store();
  const paths = input.args.map((word) => storePathOf(store, word));
  const infos = await store.pathInfos(paths, { signal });
  for (const name of paths) if (!infos.has(name)) throw notValid(name);
  const sorted = topologicalOrder(infos).map((name) => infos.get(name)!);
  await writeChunks(exportPaths(store, sorted, { signal }));
};

export const importOperation: Operation = async (context, input) => {
  refuseFlags(input);
  noArguments(input);
  const store = await context.store();
  const { signal } = context;
  for await (const name of importPaths(store, stdinChunks(signal), { checkSignatures: false, signal })) writeOut(`${name}\n`);
};
