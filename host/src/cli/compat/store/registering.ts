// `nix-store`'s operations on what is registered: --check-validity, --dump-db, --load-db, --print-env, --read-log.
import { notValid, type PathInfo, type Store, StoreError, storedDerivation, unsupported } from '@vixen/store';
import { base16, parseBaseName } from '@vixen/wasm';
import { writeOut } from '../../output.ts';
import { readStdin } from '../../stdin.ts';
import { storePathOf } from '../../store/paths.ts';
import { writeChunks } from '../../store/streams.ts';
import { UsageError } from '../../usage.ts';
import type { Operation } from '../nix-store.ts';
import { noArguments, refuseFlags } from './contents.ts';

export const checkValidity: Operation = async (context, input) => {
  refuseFlags(input, ['--print-invalid']);
  const store = await context.store();
  const paths = input.args.map((word) => storePathOf(store, word));
  const infos = await store.pathInfos(paths, { signal: context.signal });
  for (const path of paths) {
    if (infos.has(path)) continue;
    if (!input.flags.includes('--print-invalid')) throw notValid(path);
    writeOut(`${path}\n`);
  }
};

/** One path as `--dump-db` prints it: path, hash, size, deriver, number of references, references. */
function registration({ path, narHash, narSize, deriver = '', references }: PathInfo): string {
  return [path, base16.encode(narHash), narSize, deriver, references.length, ...references].join('\n').concat('\n');
}

async function allPaths(store: Store, signal: AbortSignal): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of store.paths({ signal })) paths.push(path);
  return paths.sort();
}

export const dumpDb: Operation = async (context, input) => {
  refuseFlags(input);
  const { signal } = context;
  const store = await context.store();
  const paths = input.args.length > 0 ? input.args.map((word) => storePathOf(store, word)) : await allPaths(store, signal);
  const infos = await store.pathInfos(paths, { signal });
  for (const path of paths) {
    const info = infos.get(path);
    if (!info) throw notValid(path);
    writeOut(registration(info));
  }
};

class Registrations {
  readonly #lines: string[];
  #at = 0;

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  get atEnd(): boolean {
    return this.#at >= this.#lines.length - 1;
  }

  line(what: string): string {
    const line = this.#lines[this.#at++];
    if (line === undefined) throw new StoreError('invalid', `registration ends where ${what} is expected`);
    return line;
  }

  number(what: string): number {
    const text = this.line(what);
    if (!/^\d+$/.test(text)) throw new StoreError('invalid', `line ${this.#at}: '${text}' is not ${what}`);
    return Number(text);
  }

  path(store: Store, what: string): string {
    const text = this.line(what);
    if (!text.startsWith(`${store.directory}/`)) throw new StoreError('invalid', `line ${this.#at}: '${text}' is not ${what}`);
    parseBaseName(text.slice(store.directory.length + 1));
    return text;
  }
}

/** Reads one registration (libstore/store-api.cc `decodeValidPathInfo`). */
function readRegistration(store: Store, lines: Registrations): PathInfo {
  const path = lines.path(store, 'a store path');
  const narHash = base16.decode(lines.line('a hash'));
  if (narHash?.length !== 32) throw new StoreError('invalid', `the hash of '${path}' is not one`);
  const narSize = lines.number('a size');
  const deriver = lines.line('a deriver');
  const references = Array.from({ length: lines.number('a number of references') }, () => lines.path(store, 'a reference'));
  return { path, narHash, narSize, references: references.sort(), signatures: [], ...(deriver !== '' && { deriver }) };
}

/**
 * Registers again what is there: the contents of a store are in its castore, so a registration alone can only be of what the store has already.
 */
export const loadDb: Operation = async (context, input) => {
  refuseFlags(input);
  noArguments(input);
  const { signal } = context;
  const store = await context.store();
  const lines = new Registrations(new TextDecoder().decode(readStdin()));
  while (!lines.atEnd) {
    const info = readRegistration(store, lines);
    if (await store.pathInfo(info.path, { signal })) continue;
    throw new StoreError('unsupported', `cannot register '${info.path}': its contents are not in the store (use '--import', or 'copy')`);
  }
};

const shellQuote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export const printEnv: Operation = async (context, input) => {
  refuseFlags(input);
  if (input.args.length !== 1) throw new UsageError("'\x0e--print-env\x0f' requires one derivation store path");
  const store = await context.store();
  const { env, args } = await storedDerivation(store, storePathOf(store, input.args[0]!), context);
  for (const [name, value] of [...env].sort(([a], [b]) => (a < b ? -1 : 1))) writeOut(`export ${name}; ${name}=${shellQuote(value)}\n`);
  writeOut(`export _args; _args=${shellQuote(args.join(' '))}\n`);
};

export const readLog: Operation = async (context, input) => {
  refuseFlags(input);
  const { signal } = context;
  const store = await context.store();
  if (!store.logs) throw unsupported(store.url, 'build logs');
  for (const word of input.args) {
    const path = storePathOf(store, word);
    const drvPath = path.endsWith('.drv') ? path : ((await store.pathInfo(path, { signal }))?.deriver ?? path);
    const log = await store.logs.get(drvPath, { signal });
    if (!log) throw new StoreError('not-found', `build log of derivation '${path}' is not available`);
    await writeChunks(log);
  }
};
