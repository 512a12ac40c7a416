import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { bundleForTest } from './bundle.ts';
import { fastFolder } from './fast-folder.ts';

const folder = fastFolder('vixen-bundle-');
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('bundled programs find their threads', async () => {
  const program = await bundleForTest('threads-program.ts');
  const { status, stderr } = spawnSync(process.execPath, [program, path.join(folder, 'file')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(fs.readFileSync(path.join(folder, 'file'), 'utf8')).toBe('contents');
});
