// The store paths of files and folders (Nix manual, "Store Path Specification").
import { ErrorCode, encodeText } from '@vixen/eval-core';
import { CodedError, formatHash, type HasherFactory, hashChunks, type NarFilter, type NarFs, narDump, type StoreDir } from '@vixen/wasm';
import { baseName, joinPath, parentPath, resolveSymlinks } from '../files/paths.ts';
import { doesNotExist, type FileTree } from '../files/tree.ts';
import { type AddPathRequest, HostError } from '../io.ts';
import { fileArchive } from './file-archive.ts';

/** A tree as the writer of archives wants it. */
export function narFs(tree: FileTree): NarFs {
  return {
    lstat(path) {
      const stat = tree.lstat(path);
      if (!stat) throw doesNotExist(path);
      if (stat.type === 'regular') return { type: 'regular', executable: stat.executable, size: stat.size };
      return stat.type === 'other' ? { type: 'unknown' } : { type: stat.type };
    },
    open(path) {
      const bytes = tree.readFile(path);
      let at = 0;
      return {
        read(into) {
          const part = bytes.subarray(at, at + into.length);
          into.set(part);
          at += part.length;
          return part.length;
        },
        close() {},
      };
    },
    readLink: (path) => tree.readLink(path),
    readDirectory: (path) => tree.readDir(path).map(([name]) => name),
    encode: encodeText,
  };
}

/** What takes the listed paths (relative to `root`) and nothing else. */
export function keptFilter(root: string, kept: readonly string[] | undefined): NarFilter | undefined {
  if (!kept) return undefined;
  const taken = new Set(kept.map((path) => joinPath(root, path)));
  return (path) => taken.has(path);
}

/** A refusal of the formats as an error of the program; other errors as they are. */
export function asHostError(error: unknown): unknown {
  if (!(error instanceof CodedError)) return error;
  return new HostError(ErrorCode.Plain, error.message.replace(/'([^']*)'/g, "'\x0e$1\x0f'"), { cause: error });
}

// Folders without symlinks on their way, by the paths that lead there: sources do not change while a program is evaluated.
const resolvedFolders = new WeakMap<FileTree, Map<string, string>>();

function resolveFolder(tree: FileTree, folder: string): string {
  const known = resolvedFolders.get(tree) ?? new Map<string, string>();
  resolvedFolders.set(tree, known);
  const resolved = known.get(folder) ?? resolveSymlinks(tree, folder);
  known.set(folder, resolved);
  return resolved;
}

/** Where a path is really to be taken from: symlinks on the way are followed, the last one only where that was asked for. */
export function sourceOf(tree: FileTree, { path, follow }: AddPathRequest): string {
  const parent = path === '/' ? path : joinPath(resolveFolder(tree, parentPath(path)), baseName(path));
  const stat = tree.lstat(parent);
  const source = follow && stat?.type === 'symlink' ? resolveSymlinks(tree, parent) : parent;
  if (!(source === parent ? stat : tree.lstat(source)))
    throw doesNotExist(path === source ? path : joinPath(parentPath(source), source.slice(source.lastIndexOf('/') + 1)));
  return source;
}

export interface AddedPath {
  path: string;
  /** `sha256:<base 16>`, of the archive where it was taken whole, of the file's bytes otherwise. */
  hash: string;
}

// Up to this size a file's archive is made in one piece.
const smallFile = 4 * 1024 * 1024;

/** What is hashed: the file's bytes, or the archive. */
function hashed(tree: FileTree, source: string, { recursive, kept }: AddPathRequest): Iterable<Uint8Array> {
  if (!recursive) return [tree.readFile(source)];
  const stat = tree.lstat(source);
  if (stat?.type === 'regular' && stat.size <= smallFile) return [fileArchive(tree.readFile(source), stat.executable)];
  return narDump(narFs(tree), source, keptFilter(source, kept));
}

/** The store path that adding would give. */
export function computeStorePath(tree: FileTree, hashers: HasherFactory, store: StoreDir, request: AddPathRequest): AddedPath {
  const source = sourceOf(tree, request);
  const accept = keptFilter(source, request.kept);
  tree.prepare?.(source, accept && ((path) => accept(path, 'regular')));
  try {
    const hash = { algo: 'sha256', digest: hashChunks(hashers, 'sha256', hashed(tree, source, request)) } as const;
    const method = request.recursive ? 'nar' : 'flat';
    const path = store.makeFixedOutputPath(request.name, { method, hash, references: request.references });
    return { path, hash: formatHash(hash, 'base16') };
  } catch (error) {
    throw asHostError(error);
  }
}
