/** Paths of this machine, whose names are bytes: text where they are UTF-8, which is fast, and bytes otherwise. */
import { decodeText } from '@vixen/wasm';

export type FilePath = string | Uint8Array;

/** What stands where a name's bytes are not UTF-8. */
export const replacement = '\ufffd';
const slash = 0x2f;

const asBuffer = (path: FilePath): Buffer =>
  typeof path === 'string' ? Buffer.from(path) : Buffer.from(path.buffer, path.byteOffset, path.length);

/** What `node:fs` takes. */
export const native = (path: FilePath): string | Buffer => (typeof path === 'string' ? path : asBuffer(path));

/** The bytes of a path or a name. */
export const bytesOf = (path: FilePath): Uint8Array => (typeof path === 'string' ? Buffer.from(path) : path);

/** A path or name from its bytes. */
export function pathOf(bytes: Uint8Array): FilePath {
  const text = asBuffer(bytes).toString();
  return text.includes(replacement) && !asBuffer(text).equals(bytes) ? bytes : text;
}

/** A path as messages show it. */
export const shownPath = (path: FilePath): string => (typeof path === 'string' ? path : decodeText(path));

/** `folder/name`. */
export function join(folder: FilePath, name: FilePath): FilePath {
  if (typeof folder === 'string' && typeof name === 'string') return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
  const [above, below] = [asBuffer(folder), asBuffer(name)];
  return Buffer.concat(above.at(-1) === slash ? [above, below] : [above, Buffer.of(slash), below]);
}
