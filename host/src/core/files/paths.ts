// Absolute paths in normal form (libutil/canon-path.cc), and the following of symlinks in a tree.
import { doesNotExist, FileError, type FileTree } from './tree.ts';

const mostLinks = 1024;

/** `.` and empty parts left out, `..` taken as text: the result is absolute and normal. */
export function normalPath(path: string, base = '/'): string {
  const parts: string[] = [];
  const whole = path.startsWith('/') ? path : `${base}/${path}`;
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

export const parentPath = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const joinPath = (folder: string, name: string) => (folder === '/' ? `/${name}` : `${folder}/${name}`);

/** Whether `path` is `folder` or below it. */
export const isWithin = (path: string, folder: string) => path === folder || folder === '/' || path.startsWith(`${folder}/`);

/** The path without symlinks in it; in `parents` mode the last part may be one (libutil/source-accessor.cc `resolveSymlinks`). */
export function resolveSymlinks(tree: Pick<FileTree, 'lstat' | 'readLink'>, path: string, mode: 'full' | 'parents' = 'full'): string {
  const todo = path.split('/').filter((part) => part !== '');
  todo.reverse();
  let done = '/';
  let links = mostLinks;
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done = parentPath(done);
      continue;
    }
    done = joinPath(done, part);
    if (mode === 'parents' && todo.length === 0) break;
    if (tree.lstat(done)?.type !== 'symlink') continue;
    if (links-- === 0) throw new FileError('failed', `infinite symlink recursion in path '\x0e${path}\x0f'`);
    const target = tree.readLink(done);
    done = target.startsWith('/') ? '/' : parentPath(done);
    todo.push(...target.split('/').reverse());
  }
  return done;
}

/**
 * The file that `import` of a path reads: the final symlink followed so that relative paths in the file start where it lies, and a
 * folder's default.nix (libexpr/eval.cc `resolveExprPath`).
 */
export function resolveImport(tree: FileTree, requested: string): string {
  let path = requested;
  for (let followed = 1; path !== '/'; followed++) {
    if (followed >= mostLinks) {
      throw new FileError('failed', `too many symbolic links encountered while traversing the path '\x0e${path}\x0f'`);
    }
    const stat = tree.lstat(path);
    if (!stat) {
      const resolved = joinPath(resolveSymlinks(tree, parentPath(path)), baseName(path));
      tree.check?.(resolved);
      throw doesNotExist(resolved);
    }
    if (stat.type === 'regular') return path;
    if (stat.type !== 'symlink') break;
    path = normalPath(tree.readLink(path), parentPath(path));
  }
  return tree.stat(path)?.type === 'directory' ? joinPath(path, 'default.nix') : path;
}
