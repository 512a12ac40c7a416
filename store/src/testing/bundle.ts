/** Programs of specs that run as processes of their own: bundled from the sources, since Node 20 runs no TypeScript. */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const repository = path.join(import.meta.dirname, '../../..');

/** Bundles `entry` (a file of this folder, or of another one) into `store/build/testing`, with the Wasm module and the programs of threads beside it. Answers the program's file. */
export async function bundleForTest(entry: string, source = import.meta.dirname): Promise<string> {
  const folder = path.join(repository, 'store/build/testing');
  const outfile = path.join(folder, entry.replace(/\.ts$/, '.mjs'));
  await build({
    entryPoints: [path.join(source, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['lmdb', '@toondepauw/*', '@napi-rs/*'],
    define: { __VIXEN_BUNDLED__: 'true' },
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    logLevel: 'error',
  });
  const threads = ['vixen-tree-worker.cjs', 'vixen-zstd-worker.cjs'].map((name) => `store/build/${name}`);
  for (const file of ['wasm/build/vixen-wasm.wasm', ...threads]) copy(path.join(repository, file), path.join(folder, path.basename(file)));
  return outfile;
}

// Programs of other specs may be reading what is there.
function copy(from: string, to: string) {
  const temporary = `${to}.${process.pid}`;
  fs.copyFileSync(from, temporary);
  fs.renameSync(temporary, to);
}
