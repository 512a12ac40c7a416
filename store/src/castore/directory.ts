/**
 * Directories as bytes: the canonical encoding of snix.castore.v1.Directory (protobuf, fields in order, defaults left out), whose BLAKE3 digest
 * names the directory.
 *
 *     Directory       1 directories, 2 files, 3 symlinks: repeated, each list ascending by name
 *     DirectoryEntry  1 name, 2 digest, 3 size
 *     FileEntry       1 name, 2 digest, 3 size, 4 executable
 *     SymlinkEntry    1 name, 2 target
 */
import { StoreError } from '../errors.ts';
import { compareBytes } from './bytes.ts';
import { type Directory, type DirectoryEntry, digestSize, type Node } from './node.ts';
import { ProtoReader, ProtoWriter } from './wire.ts';

const maxName = 255;
const maxTarget = 4095;
const maxSize = 2n ** 64n - 1n;

/** Which of the two formulas in use counts what lies below a directory. `snix` is what Snix's server computes and demands. */
export type SizeFormula = 'snix' | 'proto-comment';

/**
 * What stands as `size` where a directory is named: not bytes, but a count of what lies below. Snix's Rust code counts every entry twice
 * (entries + Σ (1, or 1 + the child's size)); the comment in its proto file and its Go code count it once.
 */
export function directorySize({ entries }: Directory, formula: SizeFormula = 'snix'): bigint {
  const each = formula === 'snix' ? 2n : 1n;
  let size = each * BigInt(entries.length);
  for (const { node } of entries) if (node.type === 'directory') size += node.size;
  if (size > maxSize) throw bad('its size overflows');
  return size;
}

/** The canonical bytes of a directory; fails with `invalid` for one that breaks the rules. */
export function encodeDirectory(directory: Directory): Uint8Array<ArrayBuffer> {
  checkDirectory(directory);
  const out = new ProtoWriter();
  for (const [field, type] of [
    [1, 'directory'],
    [2, 'file'],
    [3, 'symlink'],
  ] as const) {
    for (const { name, node } of directory.entries) if (node.type === type) out.message(field, (entry) => writeEntry(entry, name, node));
  }
  return out.finish();
}

function writeEntry(out: ProtoWriter, name: Uint8Array, node: Node): void {
  out.bytes(1, name);
  if (node.type === 'symlink') {
    out.bytes(2, node.target);
    return;
  }
  out.bytes(2, node.digest);
  out.uint(3, node.size);
  if (node.type === 'file' && node.executable) out.uint(4, 1n);
}

/** Reads a directory from bytes of anyone's; fails with `invalid` for what breaks the rules. */
export function decodeDirectory(bytes: Uint8Array): Directory {
  const entries: DirectoryEntry[] = [];
  for (const field of new ProtoReader(bytes)) {
    if (field.number >= 1 && field.number <= 3) entries.push(readEntry(field.number, field.bytes()));
  }
  // Each list is to be ascending; a list out of order shows as an order of names that sorting changes, or as a name twice.
  for (let i = 1; i < entries.length; i++) {
    const [before, entry] = [entries[i - 1]!, entries[i]!];
    if (before.node.type === entry.node.type && compareBytes(before.name, entry.name) >= 0) throw bad('its names are not ascending');
  }
  entries.sort((a, b) => compareBytes(a.name, b.name));
  const directory = { entries };
  checkDirectory(directory);
  return directory;
}

function readEntry(list: number, bytes: Uint8Array): DirectoryEntry {
  let [name, second, size, executable]: [Uint8Array, Uint8Array, bigint, boolean] = [new Uint8Array(), new Uint8Array(), 0n, false];
  for (const field of new ProtoReader(bytes)) {
    if (field.number === 1) name = field.bytes().slice();
    else if (field.number === 2) second = field.bytes().slice();
    else if (field.number === 3 && list < 3) size = field.uint();
    else if (field.number === 4 && list === 2) executable = field.uint() !== 0n;
  }
  if (list === 3) return { name, node: { type: 'symlink', target: second } };
  if (list === 1) return { name, node: { type: 'directory', digest: second, size } };
  return { name, node: { type: 'file', digest: second, size, executable } };
}

/** Refuses what no directory can be: names that are empty, too long, special or not ascending; digests and targets of a wrong size. */
export function checkDirectory({ entries }: Directory): void {
  let last: Uint8Array | undefined;
  for (const { name, node } of entries) {
    checkName(name);
    if (last && compareBytes(last, name) >= 0) throw bad('its names are not ascending');
    last = name;
    checkNode(node);
  }
}

/** Refuses names that no entry of a directory can have. */
export function checkName(name: Uint8Array): void {
  if (name.length === 0 || name.length > maxName) throw bad(`a name has ${name.length} bytes, allowed are 1 to ${maxName}`);
  if (name.includes(0) || name.includes(0x2f)) throw bad('a name contains a slash or a zero');
  if (name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e))) throw bad("a name is '.' or '..'");
}

/** Refuses nodes with digests, sizes or targets out of bounds. */
export function checkNode(node: Node): void {
  if (node.type === 'symlink') {
    const { length } = node.target;
    if (length === 0 || length > maxTarget) throw bad(`a target has ${length} bytes, allowed are 1 to ${maxTarget}`);
    if (node.target.includes(0)) throw bad('a target contains a zero');
    return;
  }
  if (node.digest.length !== digestSize) throw bad(`a digest has ${node.digest.length} bytes, not ${digestSize}`);
  if (node.size < 0n || node.size > maxSize) throw bad('a size is out of bounds');
}

const bad = (why: string) => new StoreError('invalid', `not a valid castore directory: ${why}`);
