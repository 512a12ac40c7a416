import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fastFolder } from '../../../store/src/testing/fast-folder.ts';
import { processName } from './process.ts';
import { BuildUsers } from './users.ts';

let folder: string;
beforeEach(() => {
  folder = fastFolder('vixen-users-');
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true, force: true });
});

const first = 30001;

function leaveOne() {
  const [, start, ...rest] = processName().split('-');
  fs.writeFileSync(path.join(folder, String(first)), [process.pid, Number(start) + 1, ...rest].join('-'));
}

test('a user of a process that has ended is taken over', () => {
  leaveOne();
  const [a, b] = [new BuildUsers(folder), new BuildUsers(folder)];
  expect([a.take(), b.take()]).toEqual([first, first + 1]);
  a.close();
  b.close();
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('nobody has the same user, whoever takes one over at the same time', () => {
  leaveOne();
  const [slow, quick, late] = [new BuildUsers(folder), new BuildUsers(folder), new BuildUsers(folder)];
  const taken: number[] = [];
  const read = fs.readFileSync;
  const reading = vi.spyOn(fs, 'readFileSync').mockImplementation(((...args: Parameters<typeof read>) => {
    const found = read(...args);
    if (String(args[0]) !== path.join(folder, String(first))) return found;
    reading.mockRestore();
    taken.push(quick.take());
    const rename = fs.renameSync;
    vi.spyOn(fs, 'renameSync').mockImplementation((...names) => {
      rename(...names);
      taken.push(late.take());
    });
    return found;
  }) as typeof read);
  taken.push(slow.take());
  expect(new Set(taken).size).toBe(taken.length);
});
