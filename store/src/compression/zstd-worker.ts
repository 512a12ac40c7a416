/** The entry of threads that work on Zstandard frames (`zstd-threads.ts`). */
import { createHash, type Hash } from 'node:crypto';
import v8 from 'node:v8';
import vm from 'node:vm';
import { parentPort } from 'node:worker_threads';
import native from '@toondepauw/node-zstd';
import type { WasmHashes } from '@vixen/wasm';
import { threadHashes } from '../tree/thread-hashes.ts';
import { FileHasher } from './file-digests.ts';
import type { ZstdReply, ZstdRequest } from './zstd-threads.ts';

interface StreamHashes {
  readonly source: Hash;
  readonly result: Hash;
  files?: FileHasher;
}

const decoder = new native.Decoder();
const encoders = new Map<number, InstanceType<typeof native.Encoder>>();
const streams = new Map<number, StreamHashes>();
/** Bytes of native memory that are worth a look at what is young: V8 by itself lets some 60 MiB of them lie. */
const worthCollecting = 2 * 1024 * 1024;
let wasm: WasmHashes | undefined;
let made = 0;
const collect = youngCollector();

function youngCollector(): () => void {
  // Bun has no such flags, and counts native memory in another way.
  if (process.versions.bun) return () => {};
  v8.setFlagsFromString('--expose-gc');
  // There is next to nothing to do: less than waking other threads for it.
  v8.setFlagsFromString('--no-parallel-scavenge');
  const collectGarbage = vm.runInNewContext('gc') as (options: { type: 'minor' }) => void;
  return () => collectGarbage({ type: 'minor' });
}

function encoderOf(level: number) {
  const known = encoders.get(level);
  if (known) return known;
  const encoder = new native.Encoder(level);
  encoders.set(level, encoder);
  return encoder;
}

function hashesOf(stream: number): StreamHashes {
  const known = streams.get(stream);
  if (known) return known;
  const hashes: StreamHashes = { source: createHash('sha256'), result: createHash('sha256') };
  streams.set(stream, hashes);
  return hashes;
}

function code(bytes: Buffer, level: number | undefined): Buffer {
  return level === undefined ? decoder.decodeSync(bytes) : encoderOf(level).encodeSync(bytes);
}

function answer(request: ZstdRequest): ZstdReply {
  const { type, stream } = request;
  if (type === 'end') {
    const { source, result, files } = hashesOf(stream);
    streams.delete(stream);
    files?.close();
    return { source: new Uint8Array(source.digest()), result: new Uint8Array(result.digest()) };
  }
  if (type === 'files') {
    wasm ??= threadHashes(request.wasm);
    hashesOf(stream).files = new FileHasher(wasm);
    return { begun: true };
  }
  const { buffer, used } = request;
  const bytes = Buffer.from(buffer, 0, used);
  const hashes = stream > 0 ? hashesOf(stream) : undefined;
  if (type === 'hash') {
    hashes?.[request.of].update(bytes);
    return { buffer, used, files: request.of === 'result' ? hashes?.files?.update(bytes) : undefined };
  }
  hashes?.source.update(bytes);
  const result = code(bytes, request.level);
  hashes?.result.update(result);
  const files = hashes?.files?.update(result);
  made += result.length;
  // What native code made cannot go to another thread: it goes back where the frame came from.
  const into = result.length <= buffer.byteLength ? buffer : new ArrayBuffer(result.length);
  new Uint8Array(into).set(result);
  return { buffer: into, used: result.length, files };
}

function reply(request: ZstdRequest): ZstdReply {
  try {
    return answer(request);
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort!.on('message', (request: ZstdRequest) => {
  const message = reply(request);
  parentPort!.postMessage(message, 'buffer' in message ? [message.buffer] : []);
  if (made < worthCollecting) return;
  made = 0;
  collect();
});
