// The one way in: `npm start`, `npm test` and the others come here. It needs Node and npm alone, and does only what is stale.

import { prepareBrowser } from './lib/browser.mjs';
import { buildBundle } from './lib/bundle.mjs';
import { externals } from './lib/externals.mjs';
import { install } from './lib/install.mjs';
import { generateProto } from './lib/proto.mjs';
import { outputOf, runNode, runStatus, StepFailed } from './lib/run.mjs';
import { prepareSandbox } from './lib/sandbox.mjs';
import { buildWasm, generateTables } from './lib/wasm.mjs';
import { buildWorkers } from './lib/workers.mjs';

const bin = (name) => `node_modules/${name}`;
const vixen = 'host/bin/vixen.cjs';
const example = 'host/examples/hello/default.nix';
const buildExample = 'host/examples/words';

async function generate() {
  await generateTables();
  await generateProto();
}

async function build(args = []) {
  install();
  await generateProto();
  await buildWasm({ debug: args.includes('--debug') });
  await buildWorkers();
  await buildBundle();
}

async function component(rooms) {
  install();
  const { buildComponents } = await import('./lib/component.mjs');
  await buildComponents(rooms.length > 0 ? rooms : undefined);
}

async function start(args) {
  await build();
  if (args.length > 0) return runNode([vixen, ...args]);
  show(['eval', '--strict', '--json', example]);
  if (!prepareSandbox()) return;
  const building = ['build', '--no-link', buildExample];
  console.error(`vixen ${building.join(' ')}`);
  const built = outputOf(process.execPath, [vixen, ...building]).trim();
  console.log(built);
  show(['store', 'cat', built]);
}

function show(args) {
  console.error(`vixen ${args.join(' ')}`);
  runNode([vixen, ...args]);
}

async function test(args, env = {}) {
  await build();
  if (process.env.CI) {
    prepareSandbox({ all: true });
    prepareBrowser();
  }
  runNode([bin('vitest/vitest.mjs'), 'run', ...args], { env: { ...process.env, ...env } });
}

async function typecheck() {
  install();
  await generate();
  runNode([bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json']);
}

// Biome formats TypeScript, JavaScript and JSON; its parser rejects AssemblyScript's decorators, which Prettier's plugin knows.
const assemblyScript = ['wasm/assembly', 'eval-core/assembly', '!**/gen/**'];

async function format() {
  install();
  runNode([bin('@biomejs/biome/bin/biome'), 'check', '--write', '.']);
  runNode([bin('prettier/bin/prettier.cjs'), '--write', '--log-level', 'warn', ...assemblyScript]);
}

/** All checks run even when an earlier one fails, so that one run shows everything. */
async function lint(args) {
  install();
  await generate();
  const checks = [
    [bin('@biomejs/biome/bin/biome'), 'check', ...(args.length > 0 ? args : ['.'])],
    [bin('prettier/bin/prettier.cjs'), '--check', ...assemblyScript],
    ['scripts/check-rooms.mjs'],
    [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'],
  ];
  const failed = checks.filter((check) => runStatus(process.execPath, check) !== 0);
  if (failed.length > 0) throw new StepFailed('lint', 1);
}

/** Runs a program in TypeScript. Node 20 does not read that, so it is bundled. */
async function runBundled(entry, outfile, args) {
  const esbuild = await import('esbuild');
  // Packages in CommonJS ask for modules of Node's.
  const banner = { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" };
  const options = { bundle: true, platform: 'node', format: 'esm', target: 'node20', external: externals, banner };
  await esbuild.build({ entryPoints: [entry], outfile, ...options });
  runNode([outfile, ...args]);
}

async function bench(args) {
  await build();
  await runBundled('bench/main.ts', 'bench/build/bench.mjs', args);
}

const vite = (args) => runNode([bin('vite/bin/vite.js'), ...args, '--config', 'host/playground/vite.config.ts']);

/** The playground's static files, in `host/playground/dist` (or where `--outDir` says). */
async function playgroundBuild(args) {
  install();
  await buildWasm();
  vite(['build', 'host/playground', ...args]);
}

/** Builds the playground and serves it; with `--dev`, serves its sources and follows their changes. */
async function playground(args) {
  const isDev = args.includes('--dev');
  const rest = args.filter((arg) => arg !== '--dev');
  if (isDev) {
    install();
    await buildWasm();
    return vite(['host/playground', ...rest]);
  }
  await playgroundBuild([]);
  vite(['preview', 'host/playground', ...rest]);
}

async function playgroundPack(args) {
  await build();
  await runBundled('host/src/node/pack/main.ts', 'host/build/pack/pack.mjs', args);
}

const commands = {
  start,
  test,
  'test-update': (args) => test(['eval-core/tests', ...args], { VIXEN_UPDATE: '1' }),
  'test-oracle': (args) => test(['oracle', ...args], { VIXEN_ORACLE: '1' }),
  build,
  'build-component': component,
  typecheck,
  lint,
  format,
  bench,
  playground,
  'playground-build': playgroundBuild,
  'playground-pack': playgroundPack,
};

const [name = 'start', ...args] = process.argv.slice(2);
try {
  if (!commands[name]) throw new StepFailed(`unknown command ${name}`, 2);
  await commands[name](args);
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  console.error(`vixen: ${error.message}${error.cause ? `: ${error.cause.message}` : ''}`);
  process.exitCode = error.code;
}
