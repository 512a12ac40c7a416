// The worker of language tests: it fetches the Wasm that the page has, and answers jobs.
import type { MemoryTree } from '../../../src/core/files/memory.ts';
import { instantiate, type Job, type Modules, type TestFile, treeOf } from './nix-instantiate.ts';

interface Start {
  evaluator: string;
  hashes: string;
  files: string;
}

interface Scope {
  onmessage: ((event: MessageEvent<Start | { id: number; job: Job }>) => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;
let modules: Modules;
/** Nothing is written to it: the store of the tests is computed. */
let files: MemoryTree;

async function start(urls: Start) {
  const [evaluator, hashes] = await Promise.all([urls.evaluator, urls.hashes].map((url) => WebAssembly.compileStreaming(fetch(url))));
  modules = { evaluator: evaluator!, hashes: hashes! };
  files = treeOf((await (await fetch(urls.files)).json()) as TestFile[]);
  scope.postMessage({ id: 0 });
}

async function answer(id: number, job: Job) {
  try {
    scope.postMessage({ id, outcome: await instantiate(modules, files, job) });
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    scope.postMessage({ id, outcome: { status: 128, stdout: '', stderr: stack ?? String(error) } });
  }
}

scope.onmessage = ({ data }) => void ('job' in data ? answer(data.id, data.job) : start(data));
