/** Operations about what is kept and what is removed. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { StoreError, unsupported } from '../../errors.ts';
import type { CollectorService, Root } from '../../service.ts';
import { collectActions, type OperationName } from '../protocol.ts';
import { readPath, readPaths } from '../values/paths.ts';
import type { Operation, Session } from './session.ts';

function collectorOf({ store }: Session): CollectorService {
  if (!store.collector) throw unsupported(store.url, 'garbage collection');
  return store.collector;
}

async function addTempRoot(session: Session): Promise<void> {
  const root = await readPath(session.in, session.directory);
  // A store that removes nothing keeps everything.
  await session.work(async () => session.store.collector?.addTemporaryRoots([root], session));
  session.out.number(1);
}

async function addIndirectRoot(session: Session): Promise<void> {
  const link = await session.in.text();
  await session.work(() => collectorOf(session).addIndirectRoot(absolute(link), session));
  session.out.number(1);
}

async function addPermRoot(session: Session): Promise<void> {
  const target = await readPath(session.in, session.directory);
  const link = await session.in.text();
  await session.work(async () => {
    if (!session.trusted) {
      const hint = 'hint: you can just do this client-side without special privileges, and probably want to do that instead.';
      throw new StoreError('forbidden', `you are not privileged to create perm roots\n\n${hint}`);
    }
    const collector = collectorOf(session);
    await replaceLink(absolute(link), target, session.directory);
    await collector.addIndirectRoot(link, session);
  });
  session.out.text(link);
}

/** Makes or moves a link, but never replaces anything else. */
async function replaceLink(link: string, target: string, directory: string): Promise<void> {
  if (link.startsWith(`${directory}/`)) {
    throw new StoreError('invalid', `creating a garbage collector root (${link}) in the Nix store is forbidden`);
  }
  const old = await fs.lstat(link).catch(() => undefined);
  if (old && !old.isSymbolicLink()) throw new StoreError('invalid', `cannot create symlink '${link}'; already exists`);
  await fs.mkdir(path.dirname(link), { recursive: true });
  const temporary = `${link}.tmp-${process.pid}-${Date.now()}`;
  await fs.symlink(target, temporary);
  await fs.rename(temporary, link);
}

function absolute(link: string): string {
  if (path.isAbsolute(link) && path.normalize(link) === link && !link.includes('\0')) return link;
  throw new StoreError('invalid', `root '${link}' is not a clean absolute path`);
}

async function syncWithGc(session: Session): Promise<void> {
  await session.work(async () => {});
  session.out.number(1);
}

async function findRoots(session: Session): Promise<void> {
  const roots = await session.work(async () => {
    const found: Root[] = [];
    for await (const root of collectorOf(session).roots(session)) found.push(root);
    return found;
  });
  session.out.list(roots, (root) => session.out.text(nameFor(session, root)).text(root.path));
}

/** Processes are nobody's business but of those who are trusted. */
const nameFor = ({ trusted }: Session, { name }: Root): string => (!trusted && name.startsWith('{') ? '{censored}' : name);

async function collectGarbage(session: Session): Promise<void> {
  const mode = collectActions[await session.in.number(collectActions.length - 1)]!;
  const paths = await readPaths(session.in, session.directory);
  const ignoreLiveness = await session.in.bool();
  // Nix says 2^63 - 1 or 2^64 - 1 for no limit.
  const maxFreed = await session.in.number(2 ** 64);
  for (let obsolete = 0; obsolete < 3; obsolete++) await session.in.number();
  const { signal } = session;
  const result = await session.work(async () => {
    if (ignoreLiveness && !session.trusted) throw new StoreError('forbidden', 'you are not allowed to ignore liveness');
    const limit = maxFreed < Number.MAX_SAFE_INTEGER ? { maxFreed } : {};
    return collectorOf(session).collect({ mode, paths, ignoreLiveness, signal, ...limit });
  });
  session.out.texts(result.paths).number(result.bytesFreed).number(0);
}

export const rootOperations: Readonly<Partial<Record<OperationName, Operation>>> = {
  AddIndirectRoot: addIndirectRoot,
  AddPermRoot: addPermRoot,
  AddTempRoot: addTempRoot,
  CollectGarbage: collectGarbage,
  FindRoots: findRoots,
  SyncWithGC: syncWithGc,
};
