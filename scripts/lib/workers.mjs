// Programs of worker threads, bundled: Node 20 does not read TypeScript, and the sources run unbundled in tests.
import fs from 'node:fs';
import path from 'node:path';
import { externals } from './externals.mjs';
import { at, root } from './paths.mjs';
import { StepFailed } from './run.mjs';
import { filesBelow, ifStale } from './stamp.mjs';

/** Each worker: its file, its entry, and what it may be made of. */
export const workers = [
  { file: 'store/build/vixen-tree-worker.cjs', entry: 'store/src/tree/worker.ts', sources: ['store/src', 'wasm/js'] },
  {
    file: 'store/build/vixen-zstd-worker.cjs',
    entry: 'store/src/compression/zstd-worker.ts',
    sources: ['store/src/compression', 'store/src/tree', 'wasm/js'],
  },
];

async function bundle({ file, entry }) {
  const esbuild = await import('esbuild');
  const options = {
    absWorkingDir: root,
    entryPoints: [at(entry)],
    outfile: at(file),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: externals,
    minifyWhitespace: true,
    logLevel: 'warning',
  };
  // esbuild has printed what is wrong.
  await esbuild.build(options).catch((cause) => {
    throw new StepFailed('esbuild', 1, { cause });
  });
}

/** Bundles the workers whose sources have changed. */
export async function buildWorkers() {
  for (const worker of workers) {
    const step = {
      stamp: `${at(worker.file)}.stamp`,
      files: () => filesBelow([...worker.sources.map((source) => at(source)), at('package-lock.json'), at('scripts/lib/workers.mjs')]),
      outputs: [at(worker.file)],
    };
    await ifStale(step, () => bundle(worker));
  }
}

/** Copies the workers to a folder; answers their names. */
export function copyWorkers(folder) {
  return workers.map(({ file }) => {
    const name = path.basename(file);
    fs.copyFileSync(at(file), path.join(folder, name));
    return name;
  });
}
