// Share links: all files, compressed, in the fragment of the address, which browsers do not send to anybody.
//   #v1=BASE64URL    deflate-raw of JSON: [active, [name, text], [name, base64, 1] for bytes, …]
import { nameProblem } from './paths.ts';
import type { Contents, Snapshot } from './workspace.ts';

/** Characters of a fragment that are still passed on by programs for mail and chat. */
export const longestLink = 30_000;
// What may come out of a link: a small one can hold much.
const largest = 4 * 2 ** 20;
const mostFiles = 500;

export class ShareError extends Error {
  override readonly name = 'ShareError';
  readonly code = 'PLAYGROUND_SHARE';
}

type Entry = [name: string, contents: string, isBytes?: 1];

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array, BufferSource>)
    .getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new ShareError('This link holds more than 4 MiB.');
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  // Arguments of a call are limited.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const entryOf = ({ name, contents }: { name: string; contents: Contents }): Entry =>
  typeof contents === 'string' ? [name, contents] : [name, base64(contents), 1];

/** The fragment for some files, `#` included. */
export async function encodeShare({ files, active }: Snapshot): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify([active, ...files.map(entryOf)]));
  const fragment = `#v1=${base64(await through(json, new CompressionStream('deflate-raw')))}`;
  if (fragment.length <= longestLink) return fragment;
  throw new ShareError(
    `The files are too large for a link: compressed they take ${fragment.length} characters, and ${longestLink} is the most. Download them instead.`,
  );
}

export const isShare = (fragment: string): boolean => /^#v\d+=/.test(fragment);

/** The files of a fragment. Whatever is wrong with it is a ShareError. */
export async function decodeShare(fragment: string): Promise<Snapshot> {
  const [, version, data] = /^#v(\d+)=([\w-]*)$/.exec(fragment) ?? [];
  if (version === undefined || data === undefined) throw new ShareError('This is no link of the playground, or a part of one.');
  if (version !== '1') throw new ShareError(`This link is of version ${version}; this playground knows version 1.`);
  return snapshotOf(await parsed(data));
}

async function parsed(data: string): Promise<unknown> {
  try {
    const bytes = await through(fromBase64(data), new DecompressionStream('deflate-raw'), largest);
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof ShareError) throw cause;
    throw new ShareError('This link is damaged, or was cut off on its way.', { cause });
  }
}

const isEntry = (value: unknown): value is Entry =>
  Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string' && nameProblem(value[0]) === undefined;

function snapshotOf(value: unknown): Snapshot {
  const [active, ...entries] = Array.isArray(value) ? (value as unknown[]) : [];
  const isWhole = typeof active === 'string' && entries.length > 0 && entries.length <= mostFiles && entries.every(isEntry);
  if (!isWhole) throw new ShareError('This link does not hold files as the playground writes them.');
  const files = (entries as Entry[]).map(([name, contents, isBytes]) => ({ name, contents: isBytes ? fromBase64(contents) : contents }));
  return { active, files };
}
