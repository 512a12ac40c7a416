/** Contents with other hash parts in them. */
import type { CallOptions, Castore, Node } from '@vixen/store';
import { NarIngest, nativeHashers, renderNar, wasmHashes } from '@vixen/store/castore';
import { hashPartOf } from '@vixen/store/formats';
import { HashRewriter } from '@vixen/wasm';

/** Hash parts, from and to. */
export type HashRewrites = ReadonlyMap<string, string>;

export const hashRewrites = (paths: Iterable<readonly [from: string, to: string]>, directory: string): HashRewrites =>
  new Map([...paths].map(([from, to]) => [hashPartOf(from, directory), hashPartOf(to, directory)]));

/** A stream, rewritten. A chunk is valid until the next is asked for. */
export async function* rewriteChunks(chunks: AsyncIterable<Uint8Array>, rewrites: HashRewrites): AsyncGenerator<Uint8Array, void, void> {
  if (rewrites.size === 0) {
    yield* chunks;
    return;
  }
  let pieces: Uint8Array[] = [];
  const take = () => {
    const taken = pieces;
    pieces = [];
    return taken;
  };
  const rewriter = new HashRewriter(wasmHashes(), rewrites, (bytes) => pieces.push(bytes.slice()));
  let open = true;
  try {
    for await (const chunk of chunks) {
      rewriter.write(chunk);
      yield* take();
    }
    open = false;
    rewriter.end();
    yield* take();
  } finally {
    if (open) rewriter.close();
  }
}

export interface RewrittenNode {
  readonly node: Node;
  readonly narHash: Uint8Array;
  readonly narSize: number;
}

/** Puts a node into the castore with hash parts replaced. */
export async function rewriteNode(castore: Castore, node: Node, rewrites: HashRewrites, options: CallOptions): Promise<RewrittenNode> {
  const ingest = new NarIngest(castore, options);
  const hasher = nativeHashers('sha256');
  let narSize = 0;
  try {
    for await (const chunk of rewriteChunks(renderNar(castore, node, options), rewrites)) {
      hasher.update(chunk);
      narSize += chunk.length;
      await ingest.write(chunk);
    }
    return { node: await ingest.finish(), narHash: hasher.digest(), narSize };
  } catch (error) {
    await ingest.abandon(error);
    throw error;
  }
}
