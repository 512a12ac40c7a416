// The two Wasm modules, compiled by AssemblyScript.
import fs from 'node:fs';
import { at, root } from './paths.mjs';
import { runNode } from './run.mjs';
import { filesBelow, ifStale } from './stamp.mjs';

const features = ['--enable', 'simd,bulk-memory,sign-extension,nontrapping-f2i'];
const release = ['-O3', '--noAssert'];
const debug = ['--debug', '--sourceMap', '--noAssert'];

/** The modules in the order in which they build; `sources` is what each is compiled from. */
export const modules = [
  { room: 'wasm', name: 'vixen-wasm', sources: ['wasm/assembly'] },
  { room: 'eval-core', name: 'vixen-eval', sources: ['wasm/assembly', 'eval-core/assembly', 'eval-core/tables'] },
];

const generator = 'eval-core/tables/generate.mjs';

/** Makes `eval-core/assembly/gen` from the tables of opcodes, errors and builtins. */
export async function generateTables() {
  if (!fs.existsSync(at(generator))) return;
  const tables = () => filesBelow([at('eval-core/tables')]);
  const step = { stamp: at('eval-core/build/tables.stamp'), files: tables, outputs: [at('eval-core/assembly/gen')] };
  await ifStale(step, () => runNode([generator]));
}

/** Compiles one AssemblyScript entry. */
export function compile(entry, out, { isDebug = false, extra = [], env = {} } = {}) {
  const asc = 'node_modules/assemblyscript/bin/asc.js';
  const mode = isDebug ? debug : release;
  runNode([asc, entry, '-o', out, ...mode, ...features, '--runtime', 'stub', ...extra], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
  });
}

/** Compiles what is stale. Returns the names of the modules that were compiled. */
export async function buildWasm({ debug: isDebug = false } = {}) {
  await generateTables();
  const built = [];
  for (const module of modules) {
    if (!fs.existsSync(at(module.room, 'assembly/index.ts'))) continue;
    const version = JSON.parse(fs.readFileSync(at('node_modules/assemblyscript/package.json'), 'utf8')).version;
    const step = {
      stamp: at(module.room, 'build', `${module.name}.stamp`),
      files: () =>
        filesBelow(
          module.sources.map((source) => at(source)),
          (file) => file.endsWith('.ts'),
        ),
      extra: { version, features, mode: isDebug ? debug : release, root },
      outputs: [at(module.room, 'build', `${module.name}.wasm`)],
    };
    const ran = await ifStale(step, () => {
      console.error(`vixen: compiling ${module.name}.wasm${isDebug ? ' (debug)' : ''}`);
      compile(`${module.room}/assembly/index.ts`, `${module.room}/build/${module.name}.wasm`, { isDebug });
    });
    if (ran) built.push(module.name);
  }
  return built;
}
