import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { openStore } from '@vixen/store';
import { removeTree } from '@vixen/store/tree';
import { beforeAll, expect, test } from 'vitest';
import { bundleForTest } from '../../../store/src/testing/bundle.ts';
import { openBuilder } from '../open.ts';
import { staticShell } from './machine.ts';
import { tryBwrap, tryOci, tryUnshare } from './probe.ts';
import { mayRun } from './process.ts';
import { testStore } from './testing/requests.ts';

const oci = tryOci();
const problems: readonly (readonly [string, string | undefined])[] = [
  ['bwrap:', tryBwrap()],
  ['oci:', 'problem' in oci ? oci.problem : undefined],
  ['local:', tryUnshare()],
];
let program = '';
beforeAll(async () => {
  program = await bundleForTest('build-forever.ts', path.join(import.meta.dirname, 'testing'));
});

const running = (mark: string): string[] =>
  fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(mark);
    } catch {
      return false;
    }
  });

const groups = (): string[] => {
  if (!fs.existsSync('/sys/fs/cgroup/pids')) return [];
  return fs.readdirSync('/sys/fs/cgroup/pids').filter((name) => name.startsWith('vixen-') && !mayRun(name.slice(6)));
};

for (const [url, problem] of problems) {
  const missing = problem ?? (staticShell() === undefined ? 'there is no static shell' : undefined);
  test.skipIf(missing !== undefined)(
    `${url} a build dies with its builder, and the next one cleans up${missing ? ` (${missing})` : ''}`,
    async () => {
      const { folder, store } = await testStore();
      await store.close();
      const mark = `97531${process.pid}${url.length}`;
      const builder = spawn(process.execPath, [program, url, folder, mark], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => builder.stdout.once('data', resolve));
      await expect.poll(() => running(mark).length, { timeout: 5000 }).toBeGreaterThan(2);
      const gone = once(builder, 'exit');
      builder.kill('SIGKILL');
      await gone;
      await expect.poll(() => running(mark), { timeout: 5000 }).toEqual([]);
      const builds = path.join(folder, 'root/nix/var/vixen/builds');
      expect(fs.readdirSync(builds)).toHaveLength(1);
      const again = await openStore(`embedded://${folder}/root`);
      await (await openBuilder(url, { store: again })).close();
      await again.close();
      expect(fs.readdirSync(builds)).toEqual([]);
      expect(groups()).toEqual([]);
      expect(fs.readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('vixen-sandbox');
      removeTree(folder);
    },
  );
}
