import { expect, test } from 'vitest';
import { blake3, wasmHashes } from '../wasm.ts';
import type { TreeIngest } from './tree-ingest.ts';
import { archiveAt, RecordWriter, slotSize, tellRecords } from './tree-records.ts';

const name = (text: string) => new Uint8Array(Buffer.from(text));

/** What is told of a slot, names and digests in base 16. */
function told(slot: Uint8Array): unknown[][] {
  const calls: unknown[][] = [];
  const shown = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value);
  const into = new Proxy({} as TreeIngest, {
    get:
      (_, method) =>
      (...values: unknown[]) =>
        calls.push([method, ...values.map(shown)]),
  });
  tellRecords(slot, into);
  return calls;
}

const hexOf = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('hex');

test('what a thread tells of a tree arrives, with the digests of files, slot after slot', () => {
  const writer = new RecordWriter(wasmHashes());
  const slot = new Uint8Array(slotSize);
  const archive = slot.subarray(archiveAt);
  archive.fill(7, 0, 300);
  writer.begin(slot);
  // Of a file that was begun elsewhere.
  writer.contents(archive.subarray(0, 8));
  writer.endFile();
  writer.directory(name('\xff'));
  writer.file(name('a'), true, archive.subarray(16, 100));
  writer.symlink(name('l'), name('target'));
  writer.endDirectory();
  writer.beginFile(name('large'), false);
  writer.contents(archive.subarray(104, 300));
  writer.end();
  expect(told(slot)).toEqual([
    ['contents', hexOf(archive.subarray(0, 8))],
    ['endFile', undefined],
    ['directory', hexOf('\xff')],
    ['file', hexOf('a'), true, hexOf(archive.subarray(16, 100)), hexOf(blake3(archive.subarray(16, 100)))],
    ['symlink', hexOf('l'), hexOf('target')],
    ['endDirectory'],
    ['beginFile', hexOf('large'), false, true],
    ['contents', hexOf(archive.subarray(104, 300))],
  ]);
  const first = archive.slice(104, 300);
  writer.begin(slot);
  archive.fill(8, 0, 100);
  writer.contents(archive.subarray(0, 100));
  writer.endFile();
  writer.end();
  const whole = Buffer.concat([first, archive.subarray(0, 100)]);
  expect(told(slot)).toEqual([
    ['contents', hexOf(archive.subarray(0, 100))],
    ['endFile', hexOf(blake3(whole))],
  ]);
});

test('a slot is full before the longest record has no room', () => {
  const writer = new RecordWriter(wasmHashes());
  writer.begin(new Uint8Array(slotSize));
  let count = 0;
  for (; writer.hasRoom; count++) writer.symlink(new Uint8Array(255), new Uint8Array(4095));
  expect(count).toBeGreaterThan(20);
  writer.symlink(new Uint8Array(255), new Uint8Array(3000));
  writer.end();
});
