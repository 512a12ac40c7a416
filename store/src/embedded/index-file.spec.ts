import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleForTest } from '../testing/bundle.ts';
import { fastFolder } from '../testing/fast-folder.ts';
import { removeTree } from '../tree/index.ts';
import { IndexFile } from './index-file.ts';
import { reviveMutexes } from './lock-file.ts';

const folder = fastFolder('vixen-index-');
afterAll(() => removeTree(folder));

const transactions = Number(process.env.VIXEN_FAULTS ?? 0) * 400 || 1000;

async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
  const errors: string[] = [];
  child.stderr!.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, errors: errors.join('') })));
}

describe('the index', () => {
  test('loses no transaction while other processes open it', { timeout: 300_000 }, async () => {
    await (await IndexFile.open(folder, false)).close();
    const program = await bundleForTest('index-worker.ts');
    const start = (...args: string[]) => spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    const openers = [start('open', folder), start('open', folder)];
    const killed = openers.map(ended);
    const writer = await ended(start('count', folder, String(transactions)));
    for (const opener of openers) opener.kill('SIGKILL');
    // They hold their locks until they are gone.
    await Promise.all(killed);
    expect(writer).toEqual({ code: 0, errors: '' });
    const index = await IndexFile.open(folder, true);
    expect(index.number('counted')).toBe(transactions);
    await index.close();
  });

  test('is opened again while the same process writes', { timeout: 60_000 }, async () => {
    const own = path.join(folder, 'twice');
    fs.mkdirSync(own);
    const program = await bundleForTest('index-worker.ts');
    const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'], timeout: 30_000 };
    expect(await ended(spawn(process.execPath, [program, 'reopen', own, '200'], options))).toEqual({ code: 0, errors: '' });
  });

  test('is shared by who reads and who writes; not by who writes after who only reads', async () => {
    const own = path.join(folder, 'shared');
    fs.mkdirSync(own);
    const writer = await IndexFile.open(own, false);
    const reader = await IndexFile.open(own, true);
    await writer.write(() => writer.nextNumber('written'));
    expect(reader.number('written')).toBe(1);
    await expect(reader.write(() => {})).rejects.toMatchObject({ code: 'forbidden' });
    await writer.close();
    expect(reader.number('written')).toBe(1);
    await reader.close();
    const first = await IndexFile.open(own, true);
    await expect(IndexFile.open(own, false)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('for reading only'),
    });
    await first.close();
    await (await IndexFile.open(own, false)).close();
  });

  test('revives the mutexes that the last to close it has destroyed', {
    skip: process.platform !== 'linux' || process.arch !== 'x64',
  }, async () => {
    const own = path.join(folder, 'own');
    fs.mkdirSync(own);
    await (await IndexFile.open(own, false)).close();
    expect(reviveMutexes(own)).toBe(true);
    expect(reviveMutexes(own)).toBe(false);
    const index = await IndexFile.open(own, false);
    await index.write(() => index.nextNumber('revived'));
    await index.close();
  });
});
