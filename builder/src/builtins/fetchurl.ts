/** `builtin:fetchurl`: a file from a server (libstore/builtins/fetchurl.cc), as it is, or unpacked where it is an archive of Nix's. */
import type { Node } from '@vixen/store';
import { NarIngest } from '@vixen/store/castore';
import { decompress } from '@vixen/store/compression';
import { HttpClient } from '@vixen/store/http-client';
import { formatHash } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { BuiltinContext } from './context.ts';

type Chunks = AsyncIterable<Uint8Array>;

export async function fetchurl(context: BuiltinContext): Promise<Node> {
  const { plan, settings } = context;
  const output = plan.derivation.outputs.get('out');
  if (output?.type !== 'fixed' && output?.type !== 'impure') {
    throw new BuildError('failed', "'builtin:fetchurl' must be a fixed-output or impure derivation");
  }
  const url = context.attribute('url');
  const client = new HttpClient({ netrcFile: settings.netrcFile, warn: (message) => context.log(`warning: ${message}\n`) });
  try {
    return await fetchFirst([...mirrors(context), url], client, context);
  } finally {
    await client.close();
  }
}

/** Servers that have files by their hashes. */
function mirrors({ plan, settings }: BuiltinContext): string[] {
  const output = plan.derivation.outputs.get('out');
  if (output?.type !== 'fixed' || output.method !== 'flat') return [];
  const { hash } = output;
  return (settings.hashedMirrors ?? []).map((mirror) => `${mirror.replace(/\/?$/, '/')}${hash.algo}/${formatHash(hash, 'base16', false)}`);
}

async function fetchFirst([url, ...others]: readonly string[], client: HttpClient, context: BuiltinContext): Promise<Node> {
  try {
    return await fetchOne(url!, client, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    if (others.length === 0) throw error;
    return fetchFirst(others, client, context);
  }
}

async function fetchOne(url: string, client: HttpClient, context: BuiltinContext): Promise<Node> {
  const { castore, signal, plan } = context;
  const { env } = plan.derivation;
  const executable = env.get('executable') === '1';
  const unpack = env.get('unpack') === '1';
  const bytes = download(url, client, context);
  if (unpack) {
    const packed = context.attribute('url').endsWith('.xz');
    return asExecutable(await restore(packed ? decompress('xz', bytes) : bytes, context), executable);
  }
  let size = 0;
  const counted = async function* () {
    for await (const chunk of bytes) {
      size += chunk.length;
      // The store may keep what it is given until it is written.
      yield chunk.slice();
    }
  };
  const digest = await castore.blobs.put(counted(), { executable, signal });
  return { type: 'file', digest, size: BigInt(size), executable };
}

// As Nix's `chmod`, which changes nothing that an archive knows of a directory.
const asExecutable = (node: Node, executable: boolean): Node => (node.type === 'file' && executable ? { ...node, executable } : node);

async function* download(url: string, client: HttpClient, { files, signal }: BuiltinContext): Chunks {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') {
    yield* client.download(parsed, { signal });
    return;
  }
  if (parsed?.protocol !== 'file:') throw new BuildError('failed', `unable to download '${url}': this kind of URL is not supported`);
  // What Nix's sandbox shows: inputs, and nothing of this machine.
  const file = await files.find(Buffer.from(decodeURIComponent(parsed.pathname)).toString('latin1'));
  if (!file) throw new BuildError('failed', `unable to download '${url}': it does not exist among the inputs of the build`);
  yield* files.read(file);
}

async function restore(archive: Chunks, { castore, signal }: BuiltinContext): Promise<Node> {
  const ingest = new NarIngest(castore, { signal });
  try {
    for await (const chunk of archive) await ingest.write(chunk);
    return await ingest.finish();
  } catch (error) {
    await ingest.abandon(error);
    throw error;
  }
}
