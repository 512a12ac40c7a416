// `result` and its kin: links that show where paths lie, and keep them alive (libstore/indirect-root-store.cc).
import fs from 'node:fs';
import path from 'node:path';
import { type Store, StoreError } from '@vixen/store';

/** Refuses to replace what is no link into a store. */
function checkReplaceable(store: Store, link: string) {
  const stat = fs.lstatSync(link, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isSymbolicLink() && fs.readlinkSync(link).includes(`${store.directory}/`)) return;
  throw new StoreError('forbidden', `cannot create symlink '${link}'; already exists`);
}

/** Makes one link that keeps a path alive; answers the link. The path lies as files below the store's root, which is where the link leads. */
export async function addPermanentRoot(store: Store, storePath: string, link: string): Promise<string> {
  if (!store.collector || !store.checkouts) throw new StoreError('unsupported', `store '${store.url}' has no roots`);
  const absolute = path.resolve(link);
  checkReplaceable(store, absolute);
  await store.collector.addTemporaryRoots([storePath]);
  const place = await store.checkouts.checkout(storePath);
  fs.mkdirSync(path.dirname(absolute), { recursive: true });
  const temporary = `${absolute}.tmp-${process.pid}`;
  fs.rmSync(temporary, { force: true });
  fs.symlinkSync(place, temporary);
  fs.renameSync(temporary, absolute);
  await store.collector.addIndirectRoot(absolute);
  return absolute;
}

/** Links `PREFIX`, `PREFIX-1`, … to the paths. */
export async function addOutLinks(store: Store, paths: readonly string[], prefix: string) {
  for (const [i, storePath] of paths.entries()) await addPermanentRoot(store, storePath, i === 0 ? prefix : `${prefix}-${i}`);
}
