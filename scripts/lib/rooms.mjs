// The import rule between rooms (docs/architecture.md): a room imports only from below.
import { builtinModules } from 'node:module';
import path from 'node:path';

const below = ['wasm/js', 'eval-core/js', 'proto', 'store', 'builder'];

/**
 * Each room, what it may import besides itself, and whether it may use the runtime's own modules (`node:`, `bun:`). The first room whose
 * folder holds a file is the file's room, so inner rooms stand before outer ones.
 */
export const rooms = [
  { folder: 'wasm/assembly', imports: [] },
  { folder: 'wasm/js', imports: [] },
  { folder: 'eval-core/assembly', imports: ['wasm/assembly'] },
  { folder: 'eval-core/js', imports: ['wasm/js', 'eval-core/tables'] },
  { folder: 'eval-core/tables', imports: [], runtime: true },
  {
    folder: 'eval-core/tests',
    imports: ['eval-core/js', 'wasm/js', 'host/src/core', 'host/src/node', 'host/src/cli', 'scripts'],
    runtime: true,
  },
  { folder: 'proto/gen', imports: [] },
  { folder: 'proto', imports: [], runtime: true },
  { folder: 'store', imports: ['proto', 'wasm/js'], runtime: true },
  { folder: 'builder', imports: ['proto', 'wasm/js', 'store'], runtime: true },
  { folder: 'host/src/core', imports: below },
  { folder: 'host/src/node', imports: [...below, 'host/src/core'], runtime: true },
  { folder: 'host/src/ui', imports: [...below, 'host/src/core'] },
  { folder: 'host/src/repl', imports: [...below, 'host/src/core', 'host/src/ui'] },
  { folder: 'host/src/cli', imports: [...below, 'host/src/core', 'host/src/node', 'host/src/ui', 'host/src/repl'], runtime: true },
  { folder: 'host/playground/vite.config.ts', imports: [], runtime: true },
  {
    folder: 'host/playground/e2e',
    imports: ['host/playground', 'scripts', 'eval-core/tests', 'eval-core/js', 'wasm/js', 'host/src/core', 'host/src/node'],
    runtime: true,
  },
  { folder: 'host/playground', imports: ['wasm/js', 'eval-core/js', 'host/src/core'] },
  { folder: 'host/bin', imports: ['host/dist'], runtime: true },
  { folder: 'bench', imports: ['scripts', 'wasm/js', 'store', 'builder'], runtime: true },
  { folder: 'scripts', imports: [], runtime: true },
];

const packages = {
  '@vixen/wasm': 'wasm/js',
  '@vixen/eval-core': 'eval-core/js',
  '@vixen/store': 'store/src',
  '@vixen/builder': 'builder/src',
  '@vixen/proto': 'proto/gen',
  '@vixen/host': 'host/src/core',
  '@vixen/bench': 'bench',
};
const builtin = new Set(builtinModules);

const within = (file, folder) => file === folder || file.startsWith(`${folder}/`);
const isSpec = (file) => /\.spec\.m?[jt]s$/.test(file);

/** The room that a file (named from the top of the repository) stands in. */
export const roomOf = (file) => rooms.find(({ folder }) => within(file, folder));

const statement = /(?:^|[\n;])\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"\n]+)['"]/g;
const dynamic = /\bimport\s*\(\s*['"]([^'"\n]+)['"]/g;

/** The module names that a source text imports. */
export function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
  return [statement, dynamic].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]));
}

function target(file, name) {
  if (name.startsWith('.')) return path.posix.normalize(path.posix.join(path.posix.dirname(file), name));
  const owner = Object.keys(packages).find((prefix) => within(name, prefix));
  return owner && packages[owner];
}

const isRuntime = (name) => /^(node|bun):/.test(name) || name === 'bun' || builtin.has(name.split('/')[0]);

/** Why a file may not import a module, or undefined when it may. */
export function violation(file, name) {
  const room = roomOf(file);
  if (!room) return undefined;
  if (isRuntime(name)) return room.runtime || isSpec(file) ? undefined : `${room.folder} may not use the runtime's module ${name}`;
  const wanted = target(file, name);
  if (wanted === undefined || within(wanted, room.folder)) return undefined;
  // A generated package, a table or a built module is data, whoever reads it.
  if (wanted.endsWith('.json') || wanted.endsWith('.wasm')) return undefined;
  return room.imports.some((folder) => within(wanted, folder)) ? undefined : `${room.folder} may not import ${wanted}`;
}
