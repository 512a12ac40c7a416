// The command line as one bundle: host/dist/vixen.cjs, lazily loaded chunks, the Wasm modules and the workers beside it.
import fs from 'node:fs';
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
    external: externals,
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
  for (const [name, text] of packed(chunks, loadedToEvaluate(modules, result.metafile.outputs))) {
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
/** What is loaded by whoever evaluates: the chunks of these modules, and all that they import, but for what is loaded at every start. */
const evaluating = ['host/src/cli/commands/eval.ts', 'host/src/cli/compat/nix-instantiate.ts'];

function loadedToEvaluate(modules, outputs) {
  const atStart = importedBy(modules, outputs, [start]);
  return [...importedBy(modules, outputs, evaluating)].filter((name) => !atStart.has(name)).map(commonJsName);
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
 * Puts chunks that are loaded together into one file, `evaluator.js`, since each file costs Node about half a millisecond; `evaluator.cjs` answers them
 * by name. Where they were, files stand that ask it, for the chunks that are not in it.
 */
function packed(chunks, names) {
  const files = new Map(chunks);
  const parts = [];
  for (const name of names) {
    parts.push(`${JSON.stringify(`./${name}`)}:(function(require,exports,module){${chunks.get(name)}})`);
    files.set(name, `module.exports=require("./evaluator.cjs").load("./${name}");`);
  }
  files.set('evaluator.js', `(function(__filename,__dirname){return {${parts.join(',\n')}};})`);
  files.set('evaluator.cjs', fs.readFileSync(at('scripts/lib/evaluator-loader.cjs'), 'utf8'));
  return files;
}

/** Writes V8's code for what is loaded to evaluate: whoever starts the same Node as built it compiles nothing twice. */
function writeCodeCache() {
  // What the user has configured for Nix is no matter of the build's.
  const env = { ...process.env, NIX_CONFIG: '', NIX_CONF_DIR: dist, NIX_USER_CONF_FILES: path.join(dist, 'nix.conf') };
  runNode([at('scripts/lib/code-cache.cjs'), dist], { env, stdio: ['ignore', 'ignore', 'inherit'] });
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
        ...['bundle.mjs', 'code-cache.cjs', 'evaluator-loader.cjs'].map((name) => at('scripts/lib', name)),
      ]),
    ],
    outputs: [path.join(dist, 'vixen.cjs')],
  };
  return ifStale(step, async () => {
    console.error('vixen: bundling host/dist/vixen.cjs');
    const kept = await bundle();
    copyWasm(kept);
    for (const name of copyWorkers(dist)) kept.add(name);
    writeCodeCache();
    kept.add('evaluator.cache');
    // Chunks are named by their content: those of earlier builds would pile up.
    for (const name of fs.readdirSync(dist)) if (!kept.has(name)) fs.rmSync(path.join(dist, name), { recursive: true });
  });
}
