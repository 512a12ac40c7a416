/** What the interfaces speak of as messages of vixen.store.v1, and back. Messages may come from anyone: what breaks the rules fails with `invalid`. */
import type { PathInfo as PathInfoMessage, Realisation as RealisationMessage } from '@vixen/proto/vixen';
import { hashSizes } from '@vixen/wasm';
import { entryMessage, nodeOfEntry } from '../castore/message.ts';
import { StoreError } from '../errors.ts';
import type { PathInfo, Realisation } from '../path-info.ts';
import { batchBytes } from './limits.ts';
import { narSizeOf } from './snix-path-info.ts';

export function pathInfoMessage(info: PathInfo): PathInfoMessage {
  return {
    path: info.path,
    narHash: info.narHash,
    narSize: BigInt(info.narSize),
    references: [...info.references],
    deriver: info.deriver,
    signatures: [...info.signatures],
    ca: info.ca,
    registrationTime: info.registrationTime === undefined ? undefined : BigInt(info.registrationTime),
    ultimate: info.ultimate,
    entry: info.node && entryMessage(info.node),
  };
}

export function pathInfoOfMessage(message: PathInfoMessage): PathInfo {
  const { path, narHash, references, signatures, deriver, ca, registrationTime, ultimate, entry } = message;
  if (narHash.length !== hashSizes.sha256) throw new StoreError('invalid', `path '${path}': its hash has ${narHash.length} bytes`);
  return {
    path,
    narHash,
    narSize: narSizeOf(message.narSize),
    references,
    signatures,
    ...(deriver === undefined ? {} : { deriver }),
    ...(ca === undefined ? {} : { ca }),
    ...(registrationTime === undefined ? {} : { registrationTime: safeNumber(registrationTime) }),
    ...(ultimate === undefined ? {} : { ultimate }),
    ...(entry === undefined ? {} : { node: nodeOfEntry(entry).node }),
  };
}

/** About how many bytes an info takes in a message. */
export const sizeOfInfo = ({ references, signatures }: PathInfo): number => 300 + 80 * references.length + 120 * signatures.length;

/** A number that JavaScript can hold. */
export function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new StoreError('invalid', `the number ${value} is too large`);
  return Number(value);
}

export function realisationMessage({ id, outPath, signatures, dependentRealisations }: Realisation): RealisationMessage {
  const dependencies = Object.entries(dependentRealisations).map(([dependency, path]) => ({ id: dependency, path }));
  return { id, outPath, signatures: [...signatures], dependentRealisations: dependencies };
}

export function realisationOfMessage({ id, outPath, signatures, dependentRealisations }: RealisationMessage): Realisation {
  return { id, outPath, signatures, dependentRealisations: Object.fromEntries(dependentRealisations.map((each) => [each.id, each.path])) };
}

/**
 * A stream whose first message is its head, and whose others are bytes: of `AddNar` and `PutLog`. Fails with `invalid` where the head is missing
 * or comes twice.
 */
export async function headed<H, C extends string>(
  parts: AsyncIterable<{
    readonly part: { readonly $case: C; readonly value: H } | { readonly $case: 'data'; readonly value: Uint8Array } | undefined;
  }>,
  headCase: C,
): Promise<{ readonly head: H; readonly data: AsyncIterable<Uint8Array> }> {
  const iterator = parts[Symbol.asyncIterator]();
  const first = await iterator.next();
  const part = first.done ? undefined : first.value.part;
  if (part?.$case !== headCase) {
    await iterator.return?.();
    throw new StoreError('invalid', `the first message is not the ${headCase}`);
  }
  const data = async function* () {
    try {
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
        if (next.value.part?.$case !== 'data') throw new StoreError('invalid', 'a message within the stream is not data');
        yield next.value.part.value as Uint8Array;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { head: part.value as H, data: data() };
}

/** Bytes as messages behind a head. */
export async function* headedParts<H, C extends string>(
  headCase: C,
  head: H,
  data: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<{ part: { $case: C; value: H } | { $case: 'data'; value: Uint8Array } }, void, void> {
  yield { part: { $case: headCase, value: head } };
  for await (const chunk of data) {
    for (let at = 0; at < chunk.length; at += batchBytes) yield { part: { $case: 'data', value: chunk.subarray(at, at + batchBytes) } };
  }
}
