/** Copies paths from one store to another: what refers to others after them, several at once. */
import { closureInfos, topologicalOrder } from './closure.ts';
import { copyContents } from './copy-contents.ts';
import { notValid, StoreError, type StoreErrorCode } from './errors.ts';
import { runGraph } from './graph.ts';
import type { PathInfo, Realisation } from './path-info.ts';
import type { CallOptions, Store, ToldHash } from './service.ts';

export interface CopyTotals {
  /** Paths that have to be copied, and those that have been. */
  readonly paths: number;
  readonly donePaths: number;
  /** Bytes of their archives. */
  readonly bytes: number;
  readonly doneBytes: number;
  /** Since the copying began. */
  readonly bytesPerSecond: number;
}

export type CopyEvent =
  /** It is known what has to be copied. */
  | { readonly type: 'planned' }
  | { readonly type: 'start'; readonly info: PathInfo }
  /** `bytes` more of the path's archive have been read. */
  | { readonly type: 'progress'; readonly info: PathInfo; readonly bytes: number }
  | { readonly type: 'done'; readonly info: PathInfo };

export interface CopyOptions extends CallOptions {
  /** Copy all that the paths refer to, too; true. */
  readonly closure?: boolean;
  /** Paths at once; 8, or 3 where both stores are of this machine. */
  readonly parallel?: number;
  readonly onEvent?: (event: CopyEvent, totals: CopyTotals) => void;
  /** As in `Store.add`. */
  readonly checkSignatures?: boolean;
  /** Copy what is there already, too. */
  readonly repair?: boolean;
  /** What is registered when the paths are there, where `to` knows realisations. */
  readonly realisations?: readonly Realisation[];
}

export interface CopyResult {
  /** In the order in which they were begun. */
  readonly copied: readonly string[];
  /** Paths that were there already. */
  readonly present: number;
}

const defaultParallel = 8;
/** Between stores of this machine nothing is waited for but its processors, and each path more costs memory; what is decompressed costs most. */
const nearParallel = 3;
const nearCacheParallel = 2;
const isNear = ({ url }: Store) => /^(file|embedded|memory):/.test(url);
function usualParallel(from: Store, to: Store): number {
  if (!isNear(from) || !isNear(to)) return defaultParallel;
  return from.url.startsWith('file:') ? nearCacheParallel : nearParallel;
}

/** Paths that a store is asked about at once. */
const batch = 2000;

/**
 * Copies paths, and answers which had to be. The first failure ends the others; what has been copied stays. Fails with `not-found` for a path that
 * `from` does not have, and with what `to` has to say against a path.
 */
export async function copyPaths(from: Store, to: Store, paths: readonly string[], options: CopyOptions = {}): Promise<CopyResult> {
  const { closure = true, repair = false, realisations = [], signal } = options;
  const { parallel = usualParallel(from, to) } = options;
  const all = closure ? await closureInfos(from, paths, options) : await infosOf(from, paths, options);
  const there = repair ? new Set<string>() : await presentIn(to, [...all.keys()], options);
  const wanted = new Map([...all].filter(([path]) => !there.has(path)));
  const progress = new Progress(wanted, options.onEvent);
  progress.tell({ type: 'planned' });
  const copyOne = async (path: string, both: AbortSignal) => {
    const info = wanted.get(path)!;
    progress.tell({ type: 'start', info });
    await copyPath(from, to, info, {
      ...options,
      repair,
      signal: both,
      onBytes: (bytes) => progress.tell({ type: 'progress', info, bytes }),
    });
    progress.tell({ type: 'done', info });
  };
  const order = topologicalOrder(wanted);
  await runGraph(order, (path) => wanted.get(path)!.references, parallel, copyOne, signal);
  for (const realisation of realisations) await to.realisations?.put(realisation, options);
  return { copied: order, present: there.size };
}

async function infosOf(from: Store, paths: readonly string[], options: CallOptions): Promise<Map<string, PathInfo>> {
  const infos = await from.pathInfos([...new Set(paths)], options);
  const missing = paths.find((path) => !infos.has(path));
  if (missing !== undefined) throw notValid(missing);
  return new Map(infos);
}

async function presentIn(to: Store, paths: readonly string[], options: CallOptions): Promise<Set<string>> {
  const present = new Set<string>();
  for (let at = 0; at < paths.length; at += batch) {
    for (const path of (await to.pathInfos(paths.slice(at, at + batch), options)).keys()) present.add(path);
  }
  return present;
}

interface PathOptions extends CopyOptions {
  readonly onBytes: (bytes: number) => void;
}

async function copyPath(from: Store, to: Store, info: PathInfo, options: PathOptions): Promise<void> {
  // What one store made itself, the other did not; and when it was registered is its own affair.
  const { ultimate: _, registrationTime: __, node, ...lasting } = info;
  if (from.castore && to.castore && to.register && node) {
    await copyContents(from.castore, to.castore, { ...lasting, node }, options);
    await to.register([{ ...lasting, node }], options);
    options.onBytes(info.narSize);
    return;
  }
  const { signal } = options;
  // The receiving store checks the hash.
  const told: ToldHash = { wantsFiles: to.castore !== undefined };
  const nar = from.nar(info.path, { signal, check: false, checkBlobs: false, told });
  try {
    await to.add(lasting, counted(nar, options.onBytes), { ...options, told });
  } catch (error) {
    if (mayBeDamage(error)) await requireWhole(from, info.path, signal);
    throw error;
  }
}

const otherReasons: readonly StoreErrorCode[] = ['exhausted', 'forbidden', 'not-found', 'unsupported'];
const mayBeDamage = (error: unknown) => error instanceof StoreError && !otherReasons.includes(error.code);

/** Fails with what is damaged in a path, if it is. */
async function requireWhole(from: Store, path: string, signal: AbortSignal | undefined): Promise<void> {
  for await (const _ of from.nar(path, { signal })) signal?.throwIfAborted();
}

async function* counted(nar: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of nar) {
    onBytes(chunk.length);
    yield chunk;
  }
}

class Progress {
  readonly #onEvent: CopyOptions['onEvent'];
  readonly #paths: number;
  readonly #bytes: number;
  readonly #started = performance.now();
  #donePaths = 0;
  #doneBytes = 0;

  constructor(wanted: ReadonlyMap<string, PathInfo>, onEvent: CopyOptions['onEvent']) {
    this.#onEvent = onEvent;
    this.#paths = wanted.size;
    this.#bytes = [...wanted.values()].reduce((sum, { narSize }) => sum + narSize, 0);
  }

  tell(event: CopyEvent): void {
    if (event.type === 'progress') this.#doneBytes += event.bytes;
    if (event.type === 'done') this.#donePaths += 1;
    const seconds = (performance.now() - this.#started) / 1000;
    this.#onEvent?.(event, {
      paths: this.#paths,
      donePaths: this.#donePaths,
      bytes: this.#bytes,
      doneBytes: this.#doneBytes,
      bytesPerSecond: seconds > 0 ? this.#doneBytes / seconds : 0,
    });
  }
}
