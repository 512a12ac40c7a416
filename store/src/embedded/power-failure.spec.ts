import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openEmbeddedStore } from '../backends/embedded.ts';
import type { Store } from '../service.ts';
import { fastFolder } from '../testing/fast-folder.ts';
import { ForgetfulFiles, PowerFailure } from '../testing/forgetful-files.ts';
import { collectBytes, noise, sourceOf, textOf } from '../testing/trees.ts';
import { removeTree } from '../tree/index.ts';

const folder = fastFolder('vixen-power-');
afterAll(() => removeTree(folder));

// VIXEN_FAULTS=1 tries every operation; otherwise some of them.
const stride = process.env.VIXEN_FAULTS ? 1 : 19;

let serial = 0;
const newRoot = () => new URL(`embedded://${pathToFileURL(path.join(folder, String(serial++))).pathname}`);

const trees = [
  sourceOf({
    entries: { small: { file: 'small' }, large: { file: noise(300_000, 3) }, run: { file: noise(90_000, 4), executable: true } },
  }),
  textOf('some text', { name: 'text' }),
  sourceOf({ file: noise(100_000, 5) }, { name: 'large' }),
  sourceOf({ entries: { again: { file: noise(300_000, 3) }, d: { entries: { e: { file: 'e' }, l: { link: 'e' } } } } }, { name: 'shares' }),
];
const doomed = sourceOf({ entries: { a: { file: noise(50_000, 8) }, b: { file: noise(200_000, 9) } } }, { name: 'doomed' });

/** Adds, collects and adds again, and tells what was acknowledged. */
async function work(url: URL, files: ForgetfulFiles, acknowledged: Set<string>): Promise<void> {
  const open = () => openEmbeddedStore(url, { files });
  const first = await open();
  try {
    await first.add(doomed.info, [doomed.nar]);
    for (const { info, nar } of trees.slice(0, 2)) {
      await first.add(info, [nar]);
      acknowledged.add(info.path);
      fs.mkdirSync(path.join(url.pathname, 'nix/var/nix/gcroots'), { recursive: true });
      fs.symlinkSync(info.path, path.join(url.pathname, 'nix/var/nix/gcroots', path.basename(info.path)));
    }
    await first.logs!.put(
      trees[1]!.info.path,
      ['a log'].map((line) => Buffer.from(line)),
    );
    acknowledged.add('log');
  } finally {
    await first.close();
  }
  const second = await open();
  try {
    await second.collector!.collect({ mode: 'delete' });
    for (const { info, nar } of trees) {
      await second.add(info, [nar]);
      acknowledged.add(info.path);
    }
  } finally {
    await second.close();
  }
}

async function check(url: URL, acknowledged: ReadonlySet<string>): Promise<void> {
  const store: Store = await openEmbeddedStore(url);
  try {
    for (const { info, nar } of trees) {
      if (acknowledged.has(info.path)) expect(Buffer.compare(await collectBytes(store.nar(info.path)), nar)).toBe(0);
    }
    if (acknowledged.has('log')) {
      const log = await store.logs!.get(trees[1]!.info.path);
      expect(Buffer.from(await collectBytes(log!)).toString()).toBe('a log');
    }
    const problems: string[] = [];
    await store.verify({ checkContents: true, onProblem: ({ message }) => problems.push(message) });
    expect(problems).toEqual([]);
    // What was lost can be added again.
    for (const { info, nar } of trees) {
      await store.add(info, [nar]);
      expect(Buffer.compare(await collectBytes(store.nar(info.path)), nar)).toBe(0);
    }
  } finally {
    await store.close();
  }
}

/** Lets the power fail at one operation; answers whether it came to that. */
async function failAt(operation: number, keep: () => boolean): Promise<boolean> {
  const url = newRoot();
  const files = new ForgetfulFiles(operation);
  const acknowledged = new Set<string>();
  try {
    await work(url, files, acknowledged);
  } catch (error) {
    if (!files.hasFailed) throw error;
    if (!(error instanceof PowerFailure)) expect(String(error)).toContain('the power has failed');
  }
  files.fail(keep);
  await check(url, acknowledged);
  removeTree(url.pathname);
  return files.hasFailed;
}

describe('when the power fails', { timeout: 600_000 }, () => {
  test('nothing that was acknowledged is lost, at whichever operation', async () => {
    let operation = 0;
    while (await failAt(operation, () => false)) operation += stride;
    expect(operation).toBeGreaterThan(20);
  });

  test('nor when some of what was not synced is there by luck', async () => {
    let state = 1;
    const chance = () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state > 0x7fff_ffff;
    };
    for (let operation = 0; await failAt(operation, chance); ) operation += 1;
  });

  test('the disk of these specs does forget', () => {
    const files = new ForgetfulFiles();
    const file = path.join(folder, 'forgotten');
    files.create(file).write([Buffer.from('x')], 0);
    files.fail();
    expect(fs.existsSync(file)).toBe(false);
  });
});
