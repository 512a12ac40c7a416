/** The rules of snix.castore.v1 for what directories hold. */
import { StoreError } from '../errors.ts';
import { compareBytes } from './bytes.ts';
import { type Directory, digestSize, type Node } from './node.ts';

const maxName = 255;
const maxTarget = 4095;

/** Sizes are unsigned and have 64 bits. */
export const maxSize = 2n ** 64n - 1n;

/** Refuses what no directory can be: names that are empty, too long, special or not ascending; digests and targets of a wrong size. */
export function checkDirectory({ entries }: Directory): void {
  let last: Uint8Array | undefined;
  for (const { name, node } of entries) {
    checkName(name);
    if (last && compareBytes(last, name) >= 0) throw badDirectory('its names are not ascending');
    last = name;
    checkNode(node);
  }
}

/** Refuses names that no entry of a directory can have. */
export function checkName(name: Uint8Array): void {
  if (name.length === 0 || name.length > maxName) throw badDirectory(`a name has ${name.length} bytes, allowed are 1 to ${maxName}`);
  if (name.includes(0) || name.includes(0x2f)) throw badDirectory('a name contains a slash or a zero');
  if (name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e))) throw badDirectory("a name is '.' or '..'");
}

/** Refuses nodes with digests, sizes or targets out of bounds. */
export function checkNode(node: Node): void {
  if (node.type === 'symlink') {
    const { length } = node.target;
    if (length === 0 || length > maxTarget) throw badDirectory(`a target has ${length} bytes, allowed are 1 to ${maxTarget}`);
    if (node.target.includes(0)) throw badDirectory('a target contains a zero');
    return;
  }
  if (node.digest.length !== digestSize) throw badDirectory(`a digest has ${node.digest.length} bytes, not ${digestSize}`);
  if (node.size < 0n || node.size > maxSize) throw badDirectory('a size is out of bounds');
}

export const badDirectory = (why: string) => new StoreError('invalid', `not a valid castore directory: ${why}`);
