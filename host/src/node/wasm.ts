// The Wasm modules, compiled from the files beside the bundle; from the rooms' build folders where the sources run unbundled.
import fs from 'node:fs';
import { Evaluator } from '@vixen/eval-core';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

function moduleUrl(room: string, name: string): URL {
  return bundled ? new URL(`./${name}.wasm`, import.meta.url) : new URL(`../../../${room}/build/${name}.wasm`, import.meta.url);
}

const compile = (url: URL) => new WebAssembly.Module(fs.readFileSync(url));

let evaluator: WebAssembly.Module | undefined;

/** A new machine. The module is compiled once a process. */
export function newEvaluator(): Evaluator {
  evaluator ??= compile(moduleUrl('eval-core', 'vixen-eval'));
  return Evaluator.fromModule(evaluator);
}

/** The module of hashes. */
export function hashModule(): WebAssembly.Module {
  return compile(moduleUrl('wasm', 'vixen-wasm'));
}
