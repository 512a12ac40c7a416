// The Wasm modules, compiled while they arrive. The page keeps them, so that a worker that had to be ended is replaced at once.
import evaluatorUrl from '@vixen/eval-core/vixen-eval.wasm?url';
import hashesUrl from '@vixen/wasm/vixen-wasm.wasm?url';

export interface Modules {
  evaluator: WebAssembly.Module;
  hashes: WebAssembly.Module;
}

async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  // Some hosts do not know the type of .wasm files, and streaming insists on it.
  const isTyped = response.headers.get('content-type')?.startsWith('application/wasm');
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

export async function loadModules(): Promise<Modules> {
  const [evaluator, hashes] = await Promise.all([compile(evaluatorUrl), compile(hashesUrl)]);
  return { evaluator, hashes };
}
