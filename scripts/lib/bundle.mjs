// The command line as one bundle: host/dist/vixen.mjs, lazily loaded chunks and the Wasm modules beside it.
import fs from 'node:fs';
import path from 'node:path';
import { at, root } from './paths.mjs';
import { StepFailed } from './run.mjs';
import { filesBelow, ifStale } from './stamp.mjs';
import { modules } from './wasm.mjs';

const dist = at('host/dist');
const rooms = ['host/src', 'eval-core/js', 'wasm/js'];

// Some dependencies are CommonJS and ask for `require`, which an ES module does not have. Only the chunk with esbuild's helper for that
// gets it: it costs half a millisecond a file.
const banner = "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

async function bundle() {
  const esbuild = await import('esbuild');
  const options = {
    absWorkingDir: root,
    entryPoints: { vixen: at('host/src/cli/main.ts') },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    // Chunks lie beside the entry, so that `new URL('./vixen-eval.wasm', import.meta.url)` is right in each of them.
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['bun:*', 'bun'],
    minifyWhitespace: true,
    sourcemap: false,
    legalComments: 'external',
    define: { __VIXEN_BUNDLED__: 'true' },
    write: false,
    logLevel: 'warning',
  };
  // esbuild has printed what is wrong.
  const result = await esbuild.build(options).catch((cause) => {
    throw new StepFailed('esbuild', 1, { cause });
  });
  fs.mkdirSync(dist, { recursive: true });
  for (const { path: file, text } of result.outputFiles)
    fs.writeFileSync(file, text.includes('typeof require') ? `${banner}\n${text}` : text);
  return new Set(result.outputFiles.map((file) => path.basename(file.path)));
}

function copyWasm(kept) {
  for (const { room, name } of modules) {
    const from = at(room, 'build', `${name}.wasm`);
    if (!fs.existsSync(from)) continue;
    fs.copyFileSync(from, path.join(dist, `${name}.wasm`));
    kept.add(`${name}.wasm`);
  }
}

/** Bundles the command line when its sources or the Wasm modules have changed. */
export async function buildBundle() {
  const wasm = modules.map(({ room, name }) => at(room, 'build', `${name}.wasm`));
  const step = {
    stamp: path.join(dist, 'bundle.stamp'),
    files: () => [
      ...filesBelow(rooms.map((room) => at(room))).filter((file) => !file.includes('.spec.')),
      ...filesBelow([...wasm, at('package-lock.json'), at('scripts/lib/bundle.mjs')]),
    ],
    outputs: [path.join(dist, 'vixen.mjs')],
  };
  return ifStale(step, async () => {
    console.error('vixen: bundling host/dist/vixen.mjs');
    const kept = await bundle();
    copyWasm(kept);
    // Chunks are named by their content: those of earlier builds would pile up.
    for (const name of fs.readdirSync(dist)) if (!kept.has(name)) fs.rmSync(path.join(dist, name), { recursive: true });
  });
}
