import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { measure } from '../measure.ts';
import { makeTree } from './tree.ts';
import { storeRunner } from './workloads.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bench-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe('the tree', () => {
  const contentsOf = (top: string): Map<string, string> => {
    const files = fs.readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
    return new Map(paths.map((file) => [path.relative(top, file), fs.readFileSync(file, 'latin1')]));
  };

  test('is the same each time, with many duplicates and half of it text', () => {
    const [first, second] = [path.join(folder, 'first'), path.join(folder, 'second')];
    const shape = { files: 500, bytes: 1e6 };
    for (const target of [first, second]) makeTree(target, shape);
    const contents = contentsOf(first);
    expect(contents).toEqual(contentsOf(second));
    expect(contents.size).toBe(shape.files);
    const sum = (files: [string, string][]) => files.reduce((bytes, [, file]) => bytes + file.length, 0);
    expect(sum([...contents]) / shape.bytes).toBeCloseTo(1, 0);
    expect(sum([...contents].filter(([name]) => name.endsWith('.txt'))) / shape.bytes).toBeCloseTo(0.5, 0);
    const different = new Set(contents.values());
    expect(different.size / shape.files).toBeCloseTo(0.7, 1);
  });
});

test('a script calls the programs of a runner', async () => {
  const script = 'as nix-store --add "a b"; as nix-hash x; echo $0';
  const wrapped = storeRunner({ name: 'nix', command: ['echo', 'in', '/bin/nix-instantiate'] });
  expect((await measure([...wrapped.command, script])).stdout).toBe('in /bin/nix-store --add a b\nin /bin/nix-hash x\nnix\n');
  const ours = storeRunner({ name: 'vixen', command: ['echo', 'vixen.cjs', 'nix-instantiate'] });
  expect((await measure([...ours.command, script])).stdout).toBe('vixen.cjs nix-store --add a b\nvixen.cjs nix-hash x\nvixen\n');
});

test.skipIf(process.platform !== 'linux')('anonymous memory is that of all processes', async () => {
  const hold = (megabytes: number) => `${process.execPath} -e "const a = Buffer.alloc(${megabytes}e6, 1); setTimeout(() => a, 400)"`;
  const { memory } = await measure(['bash', '-c', `${hold(60)} & ${hold(60)}; wait`], { anonymous: true });
  expect(memory).toBeGreaterThan(120e6);
});
