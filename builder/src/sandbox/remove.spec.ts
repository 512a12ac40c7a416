import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fastFolder } from '../../../store/src/testing/fast-folder.ts';
import { BuildFolders } from './folders.ts';
import { processName } from './process.ts';
import { removeBuild } from './remove.ts';

let folder: string;
beforeEach(() => {
  folder = fastFolder('vixen-remove-');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

function makeTree(root: string) {
  fs.mkdirSync(path.join(root, 'a/b'), { recursive: true });
  for (const name of ['x', 'a/y', 'a/b/z']) fs.writeFileSync(path.join(root, name), name);
  fs.chmodSync(path.join(root, 'a'), 0o500);
}

/** As root could: others have to be let into the folder first. */
function removeAnyway(root: string) {
  const closed = path.join(root, 'a');
  if (fs.existsSync(closed)) fs.chmodSync(closed, 0o700);
  fs.rmSync(root, { recursive: true, force: true });
}

const removing = ['lstatSync', 'chmodSync', 'readdirSync', 'unlinkSync', 'rmdirSync'] as const;

for (const name of removing) {
  test(`another process removes the same just before ${name}`, async () => {
    for (let call = 0; call < 4; call++) {
      const root = path.join(folder, `${name}-${call}`);
      makeTree(root);
      const real = fs[name] as (...args: unknown[]) => unknown;
      let calls = 0;
      let inside = false;
      const meanwhile = (...args: unknown[]) => {
        if (!inside && calls++ === call) {
          inside = true;
          removeAnyway(root);
          inside = false;
        }
        return real(...args);
      };
      vi.spyOn(fs, name).mockImplementation(meanwhile as never);
      await removeBuild(root);
      vi.restoreAllMocks();
      expect(fs.existsSync(root)).toBe(false);
    }
  });
}

test('what a dying build still writes to does not keep others from building', async () => {
  const [, start, ...rest] = processName().split('-');
  const left = path.join(folder, [process.pid, Number(start) + 1, ...rest, 0].join('-'));
  makeTree(left);
  const real = fs.rmdirSync;
  vi.spyOn(fs, 'rmdirSync').mockImplementation((file) => {
    vi.restoreAllMocks();
    fs.writeFileSync(path.join(String(file), 'late'), '');
    return real(file);
  });
  const folders = new BuildFolders(folder);
  await folders.open();
  expect(fs.existsSync(left)).toBe(true);
  await folders.close();
  const next = new BuildFolders(folder);
  await next.open();
  expect(fs.readdirSync(folder)).toEqual([path.basename(next.own)]);
  await next.close();
});

test('the folder itself stays where that is wanted, empty', async () => {
  const root = path.join(folder, 'kept');
  makeTree(root);
  await removeBuild(root, { keepItself: true });
  expect(fs.readdirSync(root)).toEqual([]);
  expect(fs.readdirSync(folder)).toEqual(['kept']);
});
