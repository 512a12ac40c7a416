/**
 * What a sandbox adds to a build: chains of trivial builds, and builds with many inputs, without evaluation and registering. Run it alone:
 *
 *     bun bench/builds/sandboxes.ts [BUILDER…]
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BuildRequest, noLimits, openBuilder } from '@vixen/builder';
import { openStore } from '@vixen/store';
import { nativeHashers, wasmHashes } from '@vixen/store/castore';
import { addTree } from '@vixen/store/tree';

const chain = 100;
const manyInputs = 300;
const output = `nix/store/${'0'.repeat(32)}-out`;

const trivial = (inputs: BuildRequest['inputs']): BuildRequest => ({
  inputs,
  inputsDirectory: 'nix/store',
  command: ['/bin/sh', '-c', 'echo built > $out'],
  workingDirectory: 'build',
  scratchPaths: ['build', 'nix/store'],
  outputs: [output],
  environment: new Map([['out', `/${output}`]]),
  additionalFiles: [],
  needles: ['0'.repeat(32)],
  constraints: { system: 'x86_64-linux', minMemory: 0, availableReadOnlyPaths: [], networkAccess: false, provideBinSh: true },
  limits: noLimits,
  sandboxPaths: [],
  features: [],
});

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1]!;

/** Seconds of processor time: of this process, of those that it has waited for. */
function cpuOf(): { readonly own: number; readonly children: number } {
  const { user, system } = process.cpuUsage();
  const fields = fs
    .readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);
  return { own: (user + system) / 1e6, children: (fields[13]! + fields[14]!) / 100 };
}

async function timed(count: number, run: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  const start = cpuOf();
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  const end = cpuOf();
  const cpu = (what: 'own' | 'children') => (((end[what] - start[what]) / count) * 1000).toFixed(1);
  const mean = times.reduce((a, b) => a + b) / count;
  const best = [...times].sort((a, b) => a - b)[times.length >> 3]!;
  return `best eighth ${best.toFixed(1)} ms, median ${median(times).toFixed(1)} ms, mean ${mean.toFixed(1)} ms; processor: own ${cpu('own')} ms, programs ${cpu('children')} ms`;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bench-'));
fs.chmodSync(folder, 0o755);
const store = await openStore(`embedded://${folder}/root`);
try {
  const names: string[] = [];
  for (let i = 0; i < manyInputs; i++) {
    const source = path.join(folder, `input-${i}`);
    fs.writeFileSync(source, String(i));
    const hashers: typeof nativeHashers = (algo) => (algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo));
    names.push(path.basename((await addTree(store, source, { name: `input-${i}`, hashers }))!.path));
  }
  const inputs = names.sort().map((name) => ({ name }));
  const urls = process.argv.slice(2);
  for (const url of urls.length > 0 ? urls : ['bwrap:', 'oci:', 'local:']) {
    const builder = await openBuilder(url, { store });
    await builder.build(trivial(inputs));
    console.log(
      `${(await builder.describe()).name}: one of ${chain} after another: ${await timed(chain, () => builder.build(trivial([])))}`,
    );
    console.log(`${' '.repeat(8)}${manyInputs} inputs: ${await timed(20, () => builder.build(trivial(inputs)))}`);
    await builder.close();
  }
} finally {
  await store.close();
  fs.rmSync(folder, { recursive: true });
}
