// Against real Nix: archives it reads and writes, what it refuses.
import fs from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nativeHashers } from '../hashing.ts';
import { missingNix, NixOracle } from '../testing/oracle.ts';
import { dumpTree } from './dump.ts';
import { hashFile, hashTree } from './hash.ts';
import { restoreTree } from './restore.ts';
import { archiveOf, collected, isTree, tree, writeTree } from './testing/trees.ts';

const missing = missingNix();
if (missing) console.log(`skipped: ${missing}`);

describe.skipIf(missing)('Nix and Vixen', () => {
  const nix = new NixOracle();
  afterAll(() => nix.remove());
  let count = 0;

  test('dump the same bytes, restore the same trees, and hash alike', async () => {
    const property = fc.asyncProperty(tree, async (wanted) => {
      const where = nix.at(`tree-${count++}`);
      writeTree(Buffer.from(where), wanted);
      const dumped = await nix.bytes('nix-store', ['--dump', where]);
      expect(dumped.equals(await collected(dumpTree(where)))).toBe(true);

      await restoreTree([dumped], `${where}-ours`);
      expect(isTree(`${where}-ours`, wanted)).toBe(true);
      await nix.bytes('nix-store', ['--restore', `${where}-theirs`], { input: await collected(dumpTree(`${where}-ours`)) });
      expect(isTree(`${where}-theirs`, wanted)).toBe(true);

      const hashed = await hashTree(where, 'sha256', nativeHashers);
      expect(Buffer.from(hashed.digest).toString('hex')).toBe((await nix.output('nix-hash', ['--type', 'sha256', where])).trim());
    });
    await fc.assert(property, { numRuns: 12 });
  });

  test('hash a file alike', async () => {
    const where = nix.at('flat');
    fs.writeFileSync(where, 'hello');
    const { digest } = await hashFile(where, 'md5', nativeHashers);
    expect(Buffer.from(digest).toString('hex')).toBe((await nix.output('nix-hash', ['--flat', where])).trim());
  });

  test('say the same of what is missing, and of what no archive can hold', async () => {
    const absent = nix.at('absent');
    const pipe = nix.at('pipe');
    await nix.output('mkfifo', [pipe]);
    for (const where of [absent, pipe]) {
      const theirs = await nix.run('nix-store', ['--dump', where]);
      const ours: Error = await collected(dumpTree(where)).catch((error) => error);
      expect(theirs.stderr.replaceAll('//', '/')).toContain(ours.message);
    }
  });

  test('refuse the same archives', async () => {
    const bytes = archiveOf({ type: 'directory', entries: new Map([['name', { type: 'symlink', target: Buffer.from('target') }]]) });
    const damaged = fc.tuple(fc.integer({ min: 0, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }));
    const property = fc.asyncProperty(damaged, async ([at, difference]) => {
      const nar = Buffer.from(bytes);
      nar[at]! ^= difference;
      const where = nix.at(`damaged-${count++}`);
      const theirs = await nix.run('nix-store', ['--restore', `${where}-theirs`], { input: nar });
      const ours = await restoreTree([nar], `${where}-ours`).then(
        () => 0,
        () => 1,
      );
      expect(ours === 0).toBe(theirs.code === 0);
    });
    await fc.assert(property, { numRuns: 25 });
  });
});
