/** Trees as Git hashes them (git-scm.com, "Git Objects"): a blob is `blob SIZE\0` and its bytes, a tree `tree SIZE\0` and `MODE NAME\0DIGEST` an entry. */
import { type CallOptions, type Castore, type Directory, type Node, notFound } from '@vixen/store';
import { encodeText, type HashAlgo, type HasherFactory, joinBytes } from '@vixen/wasm';

interface Context extends CallOptions {
  readonly castore: Castore;
  readonly hasher: () => ReturnType<HasherFactory>;
}

export function gitHash(castore: Castore, node: Node, hashers: HasherFactory, algo: HashAlgo, options: CallOptions): Promise<Uint8Array> {
  return hashNode(node, { castore, hasher: () => hashers(algo), signal: options.signal });
}

// Trees are as deep as archives may be at most.
async function hashNode(node: Node, context: Context): Promise<Uint8Array> {
  if (node.type === 'directory') return hashTree(node.digest, context);
  const hasher = context.hasher();
  if (node.type === 'symlink') return hasher.update(joinBytes([header('blob', node.target.length), node.target])).digest();
  hasher.update(header('blob', node.size));
  if (node.size > 0n) for await (const chunk of context.castore.blobs.read(node.digest, context)) hasher.update(chunk);
  return hasher.digest();
}

async function hashTree(digest: Uint8Array, context: Context): Promise<Uint8Array> {
  const directory = await context.castore.directories.get(digest, context);
  if (!directory) throw notFound(`directory ${Buffer.from(digest).toString('hex')}`);
  const parts: Uint8Array[] = [];
  for (const { name, node } of inGitOrder(directory)) {
    parts.push(encodeText(`${modeOf(node)} `), name, new Uint8Array(1), await hashNode(node, context));
  }
  const contents = joinBytes(parts);
  return context
    .hasher()
    .update(joinBytes([header('tree', contents.length), contents]))
    .digest();
}

/** Directories are sorted as if their names ended in a slash. */
function inGitOrder({ entries }: Directory): Directory['entries'] {
  const keyOf = ({ name, node }: Directory['entries'][number]) =>
    node.type === 'directory' ? Buffer.concat([name, Buffer.from('/')]) : name;
  return [...entries].sort((a, b) => Buffer.compare(keyOf(a), keyOf(b)));
}

function modeOf(node: Node): string {
  if (node.type === 'directory') return '40000';
  if (node.type === 'symlink') return '120000';
  return node.executable ? '100755' : '100644';
}

const header = (type: string, size: number | bigint) => encodeText(`${type} ${size}\0`);
