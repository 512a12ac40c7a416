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

/** Whether the link is there and has kept the path all the time: then nothing is to be written. */
async function isInPlace(store: Store, storePath: string, link: string): Promise<boolean> {
  const place = store.checkouts!.root + storePath;
  if (readLink(link) !== place || !fs.lstatSync(place, { throwIfNoEntry: false })) return false;
  return (await store.collector!.indirectRoot?.(link)) !== undefined;
}

function readLink(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** Makes one link that keeps a path alive; answers the link. The path lies as files below the store's root, which is where the link leads. */
export async function addPermanentRoot(store: Store, storePath: string, link: string): Promise<string> {
  if (!store.collector || !store.checkouts) throw new StoreError('unsupported', `store '${store.url}' has no roots`);
  const absolute = path.resolve(link);
  if (await isInPlace(store, storePath, absolute)) return absolute;
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

/** Links `PREFIX`, `PREFIX-1`, … to the paths; answers the links. */
export async function addOutLinks(store: Store, paths: readonly string[], prefix: string): Promise<string[]> {
  const links: string[] = [];
  for (const [i, storePath] of paths.entries()) links.push(await addPermanentRoot(store, storePath, i === 0 ? prefix : `${prefix}-${i}`));
  return links;
}
