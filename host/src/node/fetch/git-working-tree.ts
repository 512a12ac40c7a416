// The files of a git working tree, as they are.
import fs from 'node:fs';
import path from 'node:path';
import { records } from './git-output.ts';
import type { Git } from './git-tree.ts';

export interface WorkingOptions {
  submodules: boolean;
  exportIgnore: boolean;
}

export interface WorkingFiles {
  /** `/a/b` from the tree's folder, and the folders above. */
  paths: Set<string>;
  dirty: boolean;
}

/** The tracked files that are there, with the folders above them, and whether they differ from HEAD. */
export function workingFiles(options: WorkingOptions, gitIn: (folder: string) => Git, folder: string): WorkingFiles {
  const git = gitIn(folder);
  const paths = new Set<string>();
  let dirty = git(['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all']).length > 0;
  for (const line of records(git(['ls-files', '--stage', '-z']))) {
    const [fields = '', name = ''] = line.split('\t');
    const file = path.join(folder, name);
    if (fields.startsWith('160000')) {
      addWithFolders(paths, `/${name}`);
      if (!options.submodules) continue;
      const inner = workingFiles(options, gitIn, file);
      dirty ||= inner.dirty;
      for (const below of inner.paths) paths.add(`/${name}${below}`);
    } else if (fs.lstatSync(file, { throwIfNoEntry: false })) addWithFolders(paths, `/${name}`);
  }
  return { paths: options.exportIgnore ? notIgnored(git, paths) : paths, dirty };
}

/** The paths without those that `export-ignore` leaves out, and what is below them (git-check-attr(1)). */
function notIgnored(git: Git, paths: Set<string>): Set<string> {
  const input = [...paths].map((file) => `${file.slice(1)}\0`).join('');
  const answers = records(git(['check-attr', '--stdin', '-z', 'export-ignore'], { input }));
  const ignored = new Set<string>();
  for (let i = 0; i + 2 < answers.length; i += 3) if (answers[i + 2] === 'set') ignored.add(`/${answers[i]}`);
  if (ignored.size === 0) return paths;
  return new Set([...paths].filter((file) => !hasFolderIn(ignored, file)));
}

function hasFolderIn(folders: ReadonlySet<string>, file: string): boolean {
  for (let part = file; part !== ''; part = part.slice(0, part.lastIndexOf('/'))) if (folders.has(part)) return true;
  return false;
}

function addWithFolders(paths: Set<string>, file: string) {
  for (let part = file; part !== '' && !paths.has(part); part = part.slice(0, part.lastIndexOf('/'))) paths.add(part);
}
