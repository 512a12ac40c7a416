// The Wasm modules, compiled from the files beside the bundle; from the rooms' build folders where the sources run unbundled.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Evaluator, type Sha256 } from '@vixen/eval-core';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

// No URLs here: the first one that a process makes costs five milliseconds.
const here = import.meta.dirname;

function modulePath(room: string, name: string): string {
  return bundled ? path.join(here, `${name}.wasm`) : path.join(here, '../../..', room, 'build', `${name}.wasm`);
}

const compile = (file: string) => new WebAssembly.Module(fs.readFileSync(file));

let evaluator: WebAssembly.Module | undefined;

type OneShot = (algorithm: string, data: Uint8Array, encoding: 'binary') => string;

let oneShot: OneShot | undefined;

/** OpenSSL's SHA-256; loading it takes some milliseconds, so that happens with the first text. A string is the cheapest way out. */
const sha256: Sha256 = (memory, address, length, out) => {
  oneShot ??= loadOneShot();
  const digest = oneShot('sha256', new Uint8Array(memory.buffer, address, length), 'binary');
  for (let i = 0; i < 32; i++) memory[out + i] = digest.charCodeAt(i);
};

function loadOneShot(): OneShot {
  const crypto = createRequire(path.join(here, 'wasm.js'))('node:crypto') as typeof import('node:crypto') & { hash?: OneShot };
  // `crypto.hash` is of Node 20.12
  return crypto.hash ?? ((algorithm, data) => crypto.createHash(algorithm).update(data).digest('binary'));
}

/** A new machine. The module is compiled once a process. `VIXEN_GC_STRESS=1` sets its collector's stress mode, for tests. */
export function newEvaluator(): Evaluator {
  evaluator ??= compile(modulePath('eval-core', 'vixen-eval'));
  const machine = Evaluator.fromModule(evaluator, sha256);
  const stress = Number(process.env.VIXEN_GC_STRESS ?? 0);
  if (stress > 0) machine.exports.setGcStress(stress);
  return machine;
}

/** The module of hashes. */
export function hashModule(): WebAssembly.Module {
  return compile(modulePath('wasm', 'vixen-wasm'));
}
