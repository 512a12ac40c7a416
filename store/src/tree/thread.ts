/** Worker threads: `worker.ts`, built beside the bundle, or in the room's build folder where the sources run unbundled. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../errors.ts';
import { type ReadResult, type ReadTask, type Reply, resultOf, type Task } from './tasks.ts';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

function workerFile(): string {
  const here = import.meta.dirname;
  return bundled ? path.join(here, 'vixen-tree-worker.cjs') : path.join(here, '../../build/vixen-tree-worker.cjs');
}

/** Starts a thread for a task. */
export function startWorker(task: Task): Worker {
  return new Worker(workerFile(), {
    workerData: task,
    // Files may be opened in one thread and closed in another.
    trackUnmanagedFds: false,
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
}

/** Reads in a thread. `failed` is called where that fails, before it is known why. */
export function readInThread(task: ReadTask, failed: () => void): Promise<ReadResult> {
  const worker = startWorker(task);
  const answer = new Promise<Reply>((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new StoreError('io', 'a thread that read files has ended early', { cause }));
    worker.once('message', resolve);
    worker.once('error', fail);
    worker.once('exit', () => fail());
  }).then((reply) => resultOf(reply) as ReadResult);
  // Whoever waits for it sees its error; until then it is not unhandled.
  answer.catch(failed);
  return answer;
}
