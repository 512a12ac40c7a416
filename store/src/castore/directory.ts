/**
 * Directories as bytes: the canonical encoding of snix.castore.v1.Directory (protobuf, fields in order, defaults left out), whose BLAKE3 digest
 * names the directory.
 */
import { Directory as DirectoryMessage } from '@vixen/proto/castore';
import { StoreError } from '../errors.ts';
import { badDirectory, checkDirectory, maxSize } from './check.ts';
import { directoryMessage, directoryOfMessage } from './message.ts';
import type { Directory } from './node.ts';

export { checkDirectory, checkName, checkNode } from './check.ts';

/** Which of the two formulas in use counts what lies below a directory. */
export type SizeFormula = 'snix' | 'proto-comment';

/**
 * What stands as `size` where a directory is named: not bytes, but a count of what lies below.
 *
 *     snix           entries + Σ (1, or 1 + size of the child)    what Snix's Rust code computes, and its server demands
 *     proto-comment  Σ (1, or 1 + size of the child)              what the comment in its proto file says, and its Go code computes
 *
 * The size is part of the encoding of the directory above, hence of that one's digest. Vixen's formula is `snix` for ever, so that its digests are
 * those of a living peer. For a peer that holds to the other, a tree is written anew (size-translation.ts).
 */
export function directorySize({ entries }: Directory, formula: SizeFormula = 'snix'): bigint {
  const each = formula === 'snix' ? 2n : 1n;
  let size = each * BigInt(entries.length);
  for (const { node } of entries) if (node.type === 'directory') size += node.size;
  if (size > maxSize) throw badDirectory('its size overflows');
  return size;
}

/** The canonical bytes of a directory; fails with `invalid` for one that breaks the rules. */
export function encodeDirectory(directory: Directory): Uint8Array<ArrayBuffer> {
  checkDirectory(directory);
  return DirectoryMessage.encode(directoryMessage(directory)).finish();
}

/** Reads a directory from bytes of anyone's; fails with `invalid` for what breaks the rules, and for all but the canonical encoding. */
export function decodeDirectory(bytes: Uint8Array): Directory {
  // Names and digests are views of the message: of a copy, since the bytes are the caller's.
  const message = readMessage(bytes.slice());
  const directory = directoryOfMessage(message);
  directorySize(directory);
  const canonical = DirectoryMessage.encode(message).finish();
  if (Buffer.compare(canonical, bytes) !== 0) throw badDirectory('its encoding is not the canonical one');
  return directory;
}

function readMessage(bytes: Uint8Array): DirectoryMessage {
  try {
    return DirectoryMessage.decode(bytes);
  } catch (cause) {
    throw new StoreError('invalid', 'not a valid castore directory: not a protobuf message', { cause });
  }
}
