import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesBelow, ifStale } from './stamp.mjs';

let dir;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-stamp-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const file = (name) => path.join(dir, name);
const write = (name, text) => fs.writeFileSync(file(name), text);

/** A step that copies `in` to `out` and counts how often it ran. */
function copyStep() {
  let runs = 0;
  const step = { stamp: file('stamp'), files: () => filesBelow([file('in')]), outputs: [file('out')] };
  const make = () => {
    runs += 1;
    fs.copyFileSync(file('in'), file('out'));
  };
  return { once: () => ifStale(step, make), runs: () => runs, step, make };
}

test('a step runs once, and again only when its input has changed', async () => {
  write('in', 'one');
  const { once, runs } = copyStep();
  expect(await once()).toBe(true);
  expect(await once()).toBe(false);
  fs.utimesSync(file('in'), new Date(), new Date(Date.now() + 10_000));
  expect(await once()).toBe(false);
  write('in', 'two');
  expect(await once()).toBe(true);
  expect(runs()).toBe(2);
});

test('a missing output makes a step stale', async () => {
  write('in', 'one');
  const { once } = copyStep();
  await once();
  fs.rmSync(file('out'));
  expect(await once()).toBe(true);
});

test('other settings make a step stale', async () => {
  write('in', 'one');
  const { step, make } = copyStep();
  expect(await ifStale({ ...step, extra: 'release' }, make)).toBe(true);
  expect(await ifStale({ ...step, extra: 'debug' }, make)).toBe(true);
});

test('a step that failed is stale', async () => {
  write('in', 'one');
  const { step, once } = copyStep();
  await once();
  write('in', 'two');
  const failing = () => {
    throw new Error('no');
  };
  await expect(ifStale(step, failing)).rejects.toThrow('no');
  write('in', 'one');
  expect(await once()).toBe(true);
});

test('build folders are no inputs', () => {
  fs.mkdirSync(file('build'));
  write('build/x.ts', '');
  write('a.ts', '');
  expect(filesBelow([dir])).toEqual([file('a.ts')]);
});
