/**
 * Removal of what builds leave: any names, any depth, any modes. Nothing of the build may live. Links are not followed. Where a path would become longer than the
 * system takes, the folder there is first moved up.
 */
import fs from 'node:fs';
import path from 'node:path';
import { Breath } from './breath.ts';

/** Longer paths are not asked for: PATH_MAX is 4096. */
const longPath = 3000;

/** Paths as texts of bytes: each character is one. */
const bytes = (file: string): Buffer => Buffer.from(file, 'latin1');

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Undefined where the file is gone. */
function unlessGone<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }
}

export interface RemoveOptions {
  readonly keepItself?: boolean;
  /** What stays of that which lies in it. */
  readonly keeps?: (stat: fs.Stats) => boolean;
}

/**
 * Removes a folder (or whatever lies there) of ours, which may be absent, or only what is in it. Others may remove it at the same time: what a process left is everybody's to remove.
 */
export async function removeBuild(folder: string, { keepItself = false, keeps }: RemoveOptions = {}): Promise<void> {
  const root = Buffer.from(folder).toString('latin1');
  const parent = path.dirname(root);
  const open: { readonly file: string; readonly emptied: boolean }[] = [{ file: root, emptied: false }];
  const breath = new Breath();
  let moved = 0;
  for (let top = open.pop(); top; top = open.pop()) {
    const waiting = breath.take();
    if (waiting) await waiting;
    let { file } = top;
    if (top.emptied) {
      if (!keepItself || file !== root) unlessGone(() => fs.rmdirSync(bytes(file)));
      continue;
    }
    const stat = fs.lstatSync(bytes(file), { throwIfNoEntry: false });
    if (!stat) continue;
    if (keeps && path.dirname(file) === root && keeps(stat)) continue;
    if (!stat.isDirectory()) {
      unlessGone(() => fs.unlinkSync(bytes(file)));
      continue;
    }
    if ((stat.mode & 0o700) !== 0o700) unlessGone(() => fs.chmodSync(bytes(file), 0o700));
    if (file.length > longPath) {
      const above = path.join(parent, `${path.basename(root)}.deep-${process.pid}-${moved++}`);
      unlessGone(() => fs.renameSync(bytes(file), bytes(above)));
      file = above;
    }
    open.push({ file, emptied: true });
    const names = unlessGone(() => fs.readdirSync(bytes(file), { encoding: 'latin1' })) ?? [];
    for (const name of names) open.push({ file: `${file}/${name}`, emptied: false });
  }
}
