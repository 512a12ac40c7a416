import { expect, test } from 'vitest';
import { contentsOf, readChosen, readDropped } from './intake.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

test.each([
  [bytes(), ''],
  [bytes(0x61, 0xc3, 0xbc), 'aü'],
  [bytes(0xef, 0xbb, 0xbf, 0x61), '\ufeffa'],
])('%j is text', (contents, text) => expect(contentsOf(contents)).toBe(text));

test.each([[bytes(0xff)], [bytes(0x61, 0)], [bytes(0xc3)]])('%j is no text', (contents) => expect(contentsOf(contents)).toBe(contents));

interface FakeFolder {
  [name: string]: string | FakeFolder;
}

/** What a browser tells of something that is dropped: folders give what is in them in two parts. */
function entryOf(path: string, contents: string | FakeFolder): unknown {
  if (typeof contents === 'string') {
    return { isDirectory: false, fullPath: path, file: (resolve: (file: Blob) => void) => resolve(new Blob([contents])) };
  }
  const children = Object.entries(contents).map(([name, child]) => entryOf(`${path}/${name}`, child));
  const parts = [children.slice(0, 1), children.slice(1)].filter((part) => part.length > 0);
  return {
    isDirectory: true,
    fullPath: path,
    createReader: () => ({ readEntries: (resolve: (entries: unknown[]) => void) => resolve(parts.shift() ?? []) }),
  };
}

function dropped(folder: FakeFolder): DataTransferItemList {
  const items = Object.entries(folder).map(([name, contents]) => ({ kind: 'file', webkitGetAsEntry: () => entryOf(`/${name}`, contents) }));
  return items as unknown as DataTransferItemList;
}

test('a dropped folder comes with all that is in it, but for what nobody wants', async () => {
  const files = await readDropped(
    dropped({
      'a.nix': '1',
      project: { 'default.nix': '2', lib: { 'x.nix': '3', deep: { 'y.nix': '4' } }, '.git': { HEAD: 'ref' }, node_modules: { z: '5' } },
    }),
  );
  const byName = Object.fromEntries(files.map(({ name, contents }) => [name, contents]));
  expect(byName).toEqual({ 'a.nix': '1', 'project/default.nix': '2', 'project/lib/x.nix': '3', 'project/lib/deep/y.nix': '4' });
});

test('a chosen folder has its paths', async () => {
  const file = Object.assign(new Blob(['1']), { name: 'default.nix', webkitRelativePath: 'project/default.nix' }) as unknown as File;
  expect(await readChosen([file])).toEqual([{ name: 'project/default.nix', contents: '1' }]);
});

test('too many, or too large files are refused', async () => {
  const many = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`${i}`, '']));
  await expect(readDropped(dropped(many))).rejects.toThrow('2001 files');
  const large = { name: 'a', size: 33 * 2 ** 20, webkitRelativePath: '' } as File;
  await expect(readChosen([large])).rejects.toThrow('33 MiB');
});
