// What takes longest to be there is begun first: this module runs before those of the page (main.ts imports it first).
import { loadModules } from './modules.ts';

const newWorker = () => new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'vixen' });

export const modules = loadModules();
// It is awaited by whoever evaluates first.
modules.catch(() => {});

let early: Worker | undefined = newWorker();

/** The worker that has been begun, then new ones. */
export function createWorker(): Worker {
  const worker = early ?? newWorker();
  early = undefined;
  return worker;
}
