import { type NarFs, narBytes } from '@vixen/wasm';
import { expect, test } from 'vitest';
import { fileArchive } from './file-archive.ts';

const oneFile = (contents: Uint8Array, executable: boolean): NarFs => ({
  lstat: () => ({ type: 'regular', executable, size: contents.length }),
  open() {
    let done = false;
    return {
      read(into) {
        if (done) return 0;
        done = true;
        into.set(contents);
        return contents.length;
      },
      close() {},
    };
  },
  readLink: () => '',
  readDirectory: () => [],
});

test.each([0, 1, 7, 8, 9, 1000])('a file of %i bytes is what the writer of trees makes of it', (size) => {
  const contents = Uint8Array.from({ length: size }, (_, i) => i);
  for (const executable of [false, true]) expect(fileArchive(contents, executable)).toEqual(narBytes(oneFile(contents, executable), '/'));
});
