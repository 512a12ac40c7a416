// Tarballs of all kinds, hostile ones too.
import zlib from 'node:zlib';
import { openStore, type Store } from '@vixen/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BuiltinContext } from './context.ts';
import { TreeFolder } from './output-tree.ts';
import { unpackTar } from './tar.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore('memory:');
});
afterEach(() => store.close());

interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly contents?: string;
  readonly link?: string;
  readonly mode?: number;
}

/** POSIX ustar: a header of 512 bytes, contents to a multiple of that, two empty blocks at the end. */
function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, type = '0', contents = '', link = '', mode = 0o644 }) => {
    const header = Buffer.alloc(512);
    const put = (text: string, at: number) => header.write(text, at, 'utf8');
    put(name, 0);
    put(`${mode.toString(8).padStart(7, '0')}\0`, 100);
    put(`${Buffer.byteLength(contents).toString(8).padStart(11, '0')}\0`, 124);
    put('00000000000\0', 136);
    put('        ', 148);
    put(type, 156);
    put(link, 157);
    put('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const data = Buffer.alloc(Math.ceil(Buffer.byteLength(contents) / 512) * 512);
    data.write(contents);
    return [header, data];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const unpack = (bytes: Uint8Array, size = 700) => unpackTar(cut(bytes, size), { castore: store.castore! } as BuiltinContext);

async function shown(folder: TreeFolder, prefix = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const [name, entry] of folder.entries) {
    if (entry instanceof TreeFolder) lines.push(`${prefix}${name}/`, ...(await shown(entry, `${prefix}${name}/`)));
    else if (entry.type === 'symlink') lines.push(`${prefix}${name} -> ${Buffer.from(entry.target)}`);
    else if (entry.type === 'file') {
      const [bytes] = await store.castore!.blobs.readMany([entry.digest]);
      lines.push(`${prefix}${name}${entry.executable ? '*' : ''} ${Buffer.from(bytes!)}`);
    }
  }
  return lines;
}

const honest: Entry[] = [
  { name: './d/', type: '5' },
  { name: './d/run', contents: 'x', mode: 0o755 },
  { name: '/d/é', contents: 'absolute' },
  { name: 'd/link', type: '2', link: '../../../etc/passwd' },
  { name: 'd/hard', type: '1', link: 'd/run' },
  { name: 'deep/er/file', contents: 'y'.repeat(1000) },
];
const expected = [
  'd/',
  'd/run* x',
  `d/${Buffer.from('é').toString('latin1')} absolute`,
  'd/link -> ../../../etc/passwd',
  'd/hard* x',
  'deep/',
  'deep/er/',
  `deep/er/file ${'y'.repeat(1000)}`,
];

test.each([1, 13, 512, 100_000])('in pieces of %i bytes', async (size) => {
  expect(await shown(await unpack(tarOf(honest), size))).toEqual(expected);
});

test('compressed', async () => {
  expect(await shown(await unpack(zlib.gzipSync(tarOf(honest))))).toEqual(expected);
});

test.each([
  ['a name that leads out', [{ name: 'a/../../x', contents: 'x' }]],
  [
    'a file through a link',
    [
      { name: 'l', type: '2', link: '/etc' },
      { name: 'l/x', contents: 'x' },
    ],
  ],
  [
    'a folder through a link',
    [
      { name: 'l', type: '2', link: '/etc' },
      { name: 'l/x/', type: '5' },
    ],
  ],
  ['a hard link to nothing', [{ name: 'x', type: '1', link: 'etc/passwd' }]],
  ['a hard link to what leads out', [{ name: 'x', type: '1', link: '../x' }]],
  ['a FIFO', [{ name: 'x', type: '6' }]],
  ['a device', [{ name: 'x', type: '3' }]],
  [
    'a file in the place of a folder',
    [
      { name: 'd/x', contents: 'x' },
      { name: 'd', contents: 'x' },
    ],
  ],
] as [string, Entry[]][])('%s is refused', async (_, entries) => {
  await expect(unpack(tarOf(entries))).rejects.toMatchObject({ code: 'failed' });
});

test('what is no archive, or ends too early, is refused', async () => {
  await expect(unpack(Buffer.from('no archive '.repeat(100)))).rejects.toMatchObject({ code: 'failed' });
  await expect(unpack(tarOf(honest).subarray(0, 1100))).rejects.toMatchObject({ code: 'failed' });
});
