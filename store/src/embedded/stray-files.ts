/** Removes files that nothing names: what was being written when its process was killed. */
import fs from 'node:fs';
import path from 'node:path';
import type { CallOptions } from '../service.ts';
import { type Files, isSystemError, type StoreLayout } from './files.ts';
import type { IndexFile } from './index-file.ts';
import type { Packs } from './packs.ts';
import { decodeBlob } from './records.ts';

/** A younger file may be one that is being written: milliseconds. */
const patience = 24 * 3600 * 1000;

export interface StrayParts {
  readonly index: IndexFile;
  readonly files: Files;
  readonly layout: StoreLayout;
  readonly packs: Packs;
}

export async function sweepFiles({ index, files, layout, packs }: StrayParts, { signal }: CallOptions): Promise<void> {
  const removeOld = (file: string) => {
    signal?.throwIfAborted();
    if (isOld(file)) files.remove(file);
  };
  for (const name of names(layout.temporary)) removeOld(path.join(layout.temporary, name));
  const known = new Set(packs.list().map(({ id }) => layout.pack(id)));
  for (const name of names(layout.packs)) {
    const file = path.join(layout.packs, name);
    if (!known.has(file)) removeOld(file);
  }
  for (const folder of names(layout.blobs)) {
    for (const name of names(path.join(layout.blobs, folder))) if (!isNamed(index, name)) removeOld(path.join(layout.blobs, folder, name));
  }
}

/** Whether the index names a blob's file: `DIGEST.SERIAL`, with `.x` for the executable one. */
function isNamed(index: IndexFile, name: string): boolean {
  const [, digest, serial] = /^([0-9a-f]{64})\.([0-9a-f]+)(?:\.x)?$/.exec(name) ?? [];
  const bytes = digest && index.tables.blobs.get(Buffer.from(digest, 'hex'));
  const record = bytes ? decodeBlob(bytes) : undefined;
  return record?.kind === 'file' && record.serial === Number.parseInt(serial!, 16);
}

function isOld(file: string): boolean {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.ctimeMs > patience;
}

function names(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
