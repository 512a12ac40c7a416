/**
 * The number of the last transaction of an LMDB environment, from the two meta pages of its file, without opening it. The file is never locked for
 * reading; a commit writes one of the pages, last of all, with one call.
 *
 *     page header 24 bytes · magic u32 · version u32 · address u64 · map size u64 · two databases, 48 bytes each · last page u64 · transaction u64
 *
 * This file imports next to nothing: it is loaded by who wants to know whether anything has changed, and has not yet loaded anything else.
 */
import fs from 'node:fs';

const magic = 0xbeefc0de;
const [magicAt, pageSizeAt, transactionAt] = [24, 48, 152];
const metaSize = 160;

/** Undefined where the file does not begin as it has to. */
export function lastTransaction(fd: number): number | undefined {
  const page = Buffer.alloc(metaSize);
  const read = (at: number) => fs.readSync(fd, page, 0, metaSize, at) === metaSize && page.readUInt32LE(magicAt) === magic;
  if (!read(0)) return undefined;
  const first = Number(page.readBigUInt64LE(transactionAt));
  if (!read(page.readUInt32LE(pageSizeAt))) return undefined;
  return Math.max(first, Number(page.readBigUInt64LE(transactionAt)));
}

/** What tells one state of a store's index from another: the file, and its last transaction. Undefined where there is none. */
export function indexState(folder: string): string | undefined {
  let fd: number;
  try {
    fd = fs.openSync(`${folder}/data.mdb`, 'r');
  } catch {
    return undefined;
  }
  try {
    const { dev, ino } = fs.fstatSync(fd);
    const transaction = lastTransaction(fd);
    return transaction === undefined ? undefined : `${dev}:${ino}:${transaction}`;
  } catch {
    // Not to be read: nothing is known of it.
    return undefined;
  } finally {
    fs.closeSync(fd);
  }
}
