// The command line as one bundle: host/dist/vixen.cjs, lazily loaded chunks, the Wasm modules and the workers beside it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { externals } from './externals.mjs';
import { at, root } from './paths.mjs';
import { runNode, StepFailed } from './run.mjs';
import { filesBelow, ifStale } from './stamp.mjs';
import { modules } from './wasm.mjs';
import { copyWorkers, workers } from './workers.mjs';

const dist = at('host/dist');
const rooms = ['host/src', 'builder/src', 'store/src', 'proto/gen', 'eval-core/js', 'wasm/js'];

async function bundle() {
  const esbuild = await import('esbuild');
  const options = {
    absWorkingDir: root,
    entryPoints: { vixen: at(start) },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    // Chunks lie beside the entry, so that `new URL('./vixen-eval.wasm', import.meta.url)` is right in each of them.
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: externals.filter((name) => name !== 'lmdb'),
    alias: { 'node-gyp-build-optional-packages': at('scripts/lib/lmdb-binary.mjs'), msgpackr: at('scripts/lib/no-msgpack.mjs') },
    minifyWhitespace: true,
    sourcemap: false,
    legalComments: 'external',
    define: { __VIXEN_BUNDLED__: 'true' },
    write: false,
    metafile: true,
    logLevel: 'warning',
  };
  // esbuild has printed what is wrong.
  const result = await esbuild.build(options).catch((cause) => {
    throw new StepFailed('esbuild', 1, { cause });
  });
  fs.mkdirSync(dist, { recursive: true });
  const kept = new Set(['vixen.mjs']);
  const modules = new Map();
  for (const { path: file, text } of result.outputFiles) {
    if (file.endsWith('.mjs')) modules.set(path.basename(file), text.replace(importedForOrder, ''));
  }
  const chunks = new Map();
  for (const [name, text] of modules) chunks.set(commonJsName(name), await asCommonJs(esbuild, text));
  for (const [name, text] of packed(chunks, packsOf(modules, result.metafile.outputs))) {
    fs.writeFileSync(path.join(dist, name), text);
    kept.add(name);
  }
  fs.writeFileSync(path.join(dist, 'vixen.mjs'), "import './vixen.cjs';\n");
  return kept;
}

const commonJsName = (name) => name.replace(/\.mjs$/, '.cjs');

/**
 * Imports of chunks for nothing but their order, which esbuild keeps for modules whose imports it has dropped. Ours have no side effects (`sideEffects`
 * in package.json), so that a chunk is loaded by who uses something of it.
 */
const importedForOrder = /\bimport\s*"\.\/[\w.-]+\.mjs";/g;
const importedChunk = /\bfrom\s*"\.\/([\w.-]+\.mjs)"/g;

const start = 'host/src/cli/main.ts';
/** What is loaded together, but for what is loaded at every start: the chunks of these modules, and all that they import. */
const packs = {
  /** By whoever evaluates. */
  evaluator: ['host/src/cli/commands/eval.ts', 'host/src/cli/compat/nix-instantiate.ts'],
  /** By whoever asks for outputs that are there. */
  realiser: [
    'host/src/cli/compat/nix-build.ts',
    'host/src/node/stores.ts',
    'host/src/node/store-work.ts',
    'host/src/node/building/index.ts',
    'host/src/cli/building/display.ts',
    'store/src/backends/embedded.ts',
    'node_modules/lmdb/node-index.js',
  ],
};

/** The chunks of each pack; each chunk is in one. */
function packsOf(modules, outputs) {
  const taken = importedBy(modules, outputs, [start]);
  return Object.entries(packs).map(([pack, sources]) => {
    const names = [...importedBy(modules, outputs, sources)].filter((name) => !taken.has(name));
    for (const name of names) taken.add(name);
    return { pack, names: names.map(commonJsName) };
  });
}

/** The names of the chunks that begin with these sources, and of all that they import. */
function importedBy(modules, outputs, sources) {
  const names = new Set();
  const visit = (name) => {
    if (names.has(name)) return;
    names.add(name);
    for (const [, imported] of modules.get(name).matchAll(importedChunk)) visit(imported);
  };
  for (const source of sources) {
    const found = Object.keys(outputs).find((file) => outputs[file].entryPoint === source);
    if (!found) throw new StepFailed(`bundle: no chunk for ${source}`, 1);
    visit(path.basename(found));
  }
  return names;
}

/**
 * Puts chunks that are loaded together into one file each, `evaluator.js` and so on, since each file costs Node about half a millisecond; `packs.cjs` answers
 * them by name. Where they were, files stand that ask it, for the chunks that are in no pack.
 */
function packed(chunks, packs) {
  const files = new Map(chunks);
  const packOf = {};
  for (const { pack, names } of packs) {
    const parts = names.map((name) => `${JSON.stringify(`./${name}`)}:(function(require,exports,module){${chunks.get(name)}})`);
    for (const name of names) {
      packOf[`./${name}`] = pack;
      files.set(name, `module.exports=require("./packs.cjs").load("./${name}");`);
    }
    files.set(`${pack}.js`, `(function(__filename,__dirname){return {${parts.join(',\n')}};})`);
  }
  const loader = fs.readFileSync(at('scripts/lib/packs-loader.cjs'), 'utf8');
  files.set(
    'packs.cjs',
    loader.replace('const packOf = {}', () => `const packOf = ${JSON.stringify(packOf)}`),
  );
  return files;
}

/** Writes V8's code for the packs: whoever starts the same Node as built it compiles nothing twice. */
function writeCodeCaches() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bundle-'));
  try {
    writeCodeCache('evaluator', [
      'nix-instantiate',
      '--eval',
      '--strict',
      '-E',
      'builtins.toJSON (derivation { name = "x"; system = "x"; builder = "x"; }).drvPath',
    ]);
    const store = ['--store', `embedded://${path.join(folder, 'store')}`, '--option', 'substitute', 'false', '--no-out-link'];
    writeCodeCache('realiser', ['nix-build', ...store, '-E', builtAlready(path.join(folder, 'file'))]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** An expression of a derivation whose output is there when it is asked for, without a builder. */
function builtAlready(file) {
  fs.writeFileSync(file, 'x');
  return `let hash = builtins.hashFile "sha256" ${file};
    there = builtins.path { path = ${file}; name = "x"; recursive = false; sha256 = hash; };
  in builtins.seq "${'${there}'}" (derivation {
    name = "x"; system = "x"; builder = "x"; outputHash = hash; outputHashAlgo = "sha256"; outputHashMode = "flat";
  })`;
}

function writeCodeCache(pack, args) {
  // What the user has configured for Nix is no matter of the build's.
  const env = { ...process.env, NIX_CONFIG: '', NIX_CONF_DIR: dist, NIX_USER_CONF_FILES: path.join(dist, 'nix.conf') };
  runNode([at('scripts/lib/code-cache.cjs'), dist, pack, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/**
 * A chunk as CommonJS. Splitting needs modules, but Node starts CommonJS about ten milliseconds faster, and loads its chunks
 * without a turn of the event loop each.
 */
async function asCommonJs(esbuild, text) {
  const url = '__vixenUrl';
  const { code } = await esbuild.transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': url, 'import.meta.dirname': '__dirname' },
  });
  const linked = code.replace(/(["']\.\/[\w.-]+)\.mjs(["'])/g, '$1.cjs$2');
  return linked.includes(url) ? `const ${url}=require("node:url").pathToFileURL(__filename).href;${linked}` : linked;
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
      ...filesBelow([
        ...wasm,
        ...workers.map(({ file }) => at(file)),
        at('package-lock.json'),
        ...['bundle.mjs', 'code-cache.cjs', 'packs-loader.cjs', 'lmdb-binary.mjs', 'no-msgpack.mjs'].map((name) => at('scripts/lib', name)),
      ]),
    ],
    outputs: [path.join(dist, 'vixen.cjs')],
  };
  return ifStale(step, async () => {
    console.error('vixen: bundling host/dist/vixen.cjs');
    const kept = await bundle();
    copyWasm(kept);
    for (const name of copyWorkers(dist)) kept.add(name);
    writeCodeCaches();
    for (const pack of Object.keys(packs)) kept.add(`${pack}.cache`);
    // Chunks are named by their content: those of earlier builds would pile up.
    for (const name of fs.readdirSync(dist)) if (!kept.has(name)) fs.rmSync(path.join(dist, name), { recursive: true });
  });
}
