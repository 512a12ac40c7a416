// Archives of the zip kind (PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16), as far as sources use them: stored and deflated entries,
// Unix permissions and symlinks.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { fetchError } from '../../core/fetch/input.ts';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const typeMask = 0o170000;
const symlinkType = 0o120000;

interface Entry {
  name: string;
  mode: number;
  /** Seconds since 1970. */
  modified: number;
  contents: Buffer;
}

const broken = (what: string) => fetchError(`Failed to extract archive (${what})`);

// MS-DOS date and time, local to nobody: taken as UTC.
function modifiedAt(time: number, date: number): number {
  const [year, month, day] = [1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31];
  return Date.UTC(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2) / 1000;
}

function* entries(archive: Buffer): Generator<Entry> {
  let end = archive.length - 22;
  while (end >= 0 && archive.readUInt32LE(end) !== endSignature) end -= 1;
  if (end < 0) throw broken('truncated ZIP archive');
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    if (archive.readUInt32LE(at) !== entrySignature) throw broken('damaged ZIP archive');
    const [nameLength, extraLength, commentLength] = [
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 32),
    ];
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    yield {
      name: archive.toString('utf8', at + 46, at + 46 + nameLength),
      mode: archive.readUInt32LE(at + 38) >>> 16,
      modified: modifiedAt(archive.readUInt16LE(at + 12), archive.readUInt16LE(at + 14)),
      contents: archive.readUInt16LE(at + 10) === 0 ? packed : zlib.inflateRawSync(packed),
    };
    at += 46 + nameLength + extraLength + commentLength;
  }
}

/** Unpacks into a folder; gives the newest modification time. */
export function unpackZip(archive: Buffer, folder: string): number {
  let newest = 0;
  for (const { name, mode, modified, contents } of entries(archive)) {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) throw broken(`path '${name}' leads out of the archive`);
    const target = path.join(folder, ...parts);
    newest = Math.max(newest, modified);
    fs.mkdirSync(name.endsWith('/') ? target : path.dirname(target), { recursive: true });
    if (name.endsWith('/')) continue;
    if ((mode & typeMask) === symlinkType) fs.symlinkSync(contents, target);
    else fs.writeFileSync(target, contents, { mode: (mode & 0o100) !== 0 ? 0o755 : 0o644 });
  }
  return newest;
}
