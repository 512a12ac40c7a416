/** Trees of directories from a peer: `DirectoryService.Get` with `recursive`, checked as it comes. */
import type { Directory as DirectoryMessage } from '@vixen/proto/castore';
import { digestKey, digestOfKey, hex } from '../../castore/bytes.ts';
import { encodeDirectory } from '../../castore/directory.ts';
import { directoryOfMessage } from '../../castore/message.ts';
import type { Directory } from '../../castore/node.ts';
import { notFound, StoreError } from '../../errors.ts';
import type { CallOptions } from '../../service.ts';
import { blake3 } from '../../wasm.ts';
import { resumed } from '../retry.ts';

/** The directory and all below, each once and after one that names it; nothing where it is missing. A stream that breaks is asked for again. */
export async function* readTree(
  open: () => AsyncIterable<DirectoryMessage>,
  root: Uint8Array,
  url: string,
  options: CallOptions,
): AsyncGenerator<Directory, void, void> {
  const seen = new Set<string>();
  const wanted = new Set([digestKey(root)]);
  for await (const message of resumed(open, () => 1, options)) {
    const directory = directoryOfMessage(message);
    const digest = blake3(encodeDirectory(directory));
    const key = digestKey(digest);
    if (seen.has(key)) continue;
    if (!wanted.delete(key)) throw new StoreError('corrupt', `${url}: directory ${hex(digest)} came, and nothing names it`);
    seen.add(key);
    for (const { node } of directory.entries) {
      if (node.type === 'directory' && !seen.has(digestKey(node.digest))) wanted.add(digestKey(node.digest));
    }
    yield directory;
  }
  const [missing] = wanted;
  if (seen.size > 0 && missing !== undefined) throw notFound(`directory ${hex(digestOfKey(missing))}`);
}
