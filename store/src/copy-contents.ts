/** Copies what a path consists of between two castores: only blobs and directories that the receiver does not have. */
import { digestKey } from './castore/bytes.ts';
import { renderNar } from './castore/nar-render.ts';
import type { Directory, DirectoryNode, FileNode, Node } from './castore/node.ts';
import { StoreError } from './errors.ts';
import { checkedNar } from './nar-check.ts';
import type { PathInfo } from './path-info.ts';
import type { CallOptions, Castore } from './service.ts';

/** Blobs up to this size are sent together. */
const small = 64 * 1024;
/** Bytes, and blobs, of what is sent together. */
const mostBytes = 2 * 1024 * 1024;
const mostBlobs = 1000;

/** Copies the contents, and checks that they are what the path's archive is hashed from. */
export async function copyContents(
  from: Castore,
  to: Castore,
  info: PathInfo & { readonly node: Node },
  options: CallOptions,
): Promise<void> {
  const { node } = info;
  if (node.type === 'file') await copyBlobs(from, to, [node], options);
  if (node.type === 'directory') await copyDirectory(from, to, node, options);
  // The node came from the sender, the hash may be signed: they have to belong together.
  for await (const _ of checkedNar(info, renderNar(to, node, options))) options.signal?.throwIfAborted();
}

async function copyDirectory(from: Castore, to: Castore, root: DirectoryNode, options: CallOptions): Promise<void> {
  const directories = new Map<string, Directory>();
  for await (const [digest, directory] of withDigests(from, root, options)) directories.set(digest, directory);
  const files = [...directories.values()].flatMap(({ entries }) => entries.map(({ node }) => node).filter((node) => node.type === 'file'));
  await copyBlobs(from, to, files, options);
  await to.directories.put(leavesFirst(digestKey(root.digest), directories), options);
}

/** All directories below a node, level by level, each once. */
async function* withDigests(from: Castore, root: DirectoryNode, options: CallOptions): AsyncGenerator<[string, Directory], void, void> {
  const seen = new Set([digestKey(root.digest)]);
  for (let level = [root.digest]; level.length > 0; ) {
    options.signal?.throwIfAborted();
    const found = await from.directories.getMany(level, options);
    const next: Uint8Array[] = [];
    for (const [i, directory] of found.entries()) {
      if (!directory) throw new StoreError('not-found', `directory ${Buffer.from(level[i]!).toString('hex')} does not exist`);
      yield [digestKey(level[i]!), directory];
      for (const { node } of directory.entries) {
        if (node.type !== 'directory' || seen.has(digestKey(node.digest))) continue;
        seen.add(digestKey(node.digest));
        next.push(node.digest);
      }
    }
    level = next;
  }
}

function leavesFirst(root: string, directories: ReadonlyMap<string, Directory>): Directory[] {
  const order = new Map<string, Directory>();
  const stack: { key: string; leave: boolean }[] = [{ key: root, leave: false }];
  for (let step = stack.pop(); step; step = stack.pop()) {
    const directory = directories.get(step.key)!;
    if (order.has(step.key)) continue;
    if (step.leave) {
      order.set(step.key, directory);
      continue;
    }
    stack.push({ key: step.key, leave: true });
    for (const { node } of directory.entries) if (node.type === 'directory') stack.push({ key: digestKey(node.digest), leave: false });
  }
  return [...order.values()];
}

async function copyBlobs(from: Castore, to: Castore, files: readonly FileNode[], options: CallOptions): Promise<void> {
  const distinct = [...new Map(files.map((file) => [digestKey(file.digest), file])).values()];
  const there = await to.blobs.has(
    distinct.map(({ digest }) => digest),
    options,
  );
  const missing = distinct.filter((_, i) => !there[i]);
  for (const group of groups(missing.filter(({ size }) => size <= small))) await copyTogether(from, to, group, options);
  for (const { digest, size } of missing) {
    if (size <= small) continue;
    options.signal?.throwIfAborted();
    requireDigest(digest, await to.blobs.put(from.blobs.read(digest, options), options));
  }
}

function* groups(files: readonly FileNode[]): Generator<FileNode[]> {
  let group: FileNode[] = [];
  let bytes = 0;
  for (const file of files) {
    if (group.length > 0 && (bytes + Number(file.size) > mostBytes || group.length >= mostBlobs)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += Number(file.size);
  }
  if (group.length > 0) yield group;
}

async function copyTogether(from: Castore, to: Castore, files: readonly FileNode[], options: CallOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const wanted = files.map(({ digest }) => digest);
  const contents = await from.blobs.readMany(wanted, options);
  const present = contents.map((bytes, i) => {
    if (bytes) return bytes;
    throw new StoreError('not-found', `blob ${Buffer.from(wanted[i]!).toString('hex')} does not exist`);
  });
  const digests = await to.blobs.putMany(present, options);
  for (const [i, digest] of wanted.entries()) requireDigest(digest, digests[i]!);
}

function requireDigest(wanted: Uint8Array, got: Uint8Array): void {
  if (Buffer.from(wanted).equals(got)) return;
  throw new StoreError('corrupt', `a blob that should be ${Buffer.from(wanted).toString('hex')} is ${Buffer.from(got).toString('hex')}`);
}
