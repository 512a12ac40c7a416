/** The entry of worker threads: one task each (`thread.ts`). */
import { parentPort, workerData } from 'node:worker_threads';
import { readInto } from './read-task.ts';
import { type ReadTask, type Reply, replyOf, type Task } from './tasks.ts';
import { writeFrom } from './write-task.ts';

function read(task: ReadTask): Reply {
  try {
    return { result: readInto(task) };
  } catch (error) {
    return replyOf(error);
  }
}

const task = workerData as Task;
if (task.type === 'write') writeFrom(parentPort!, task);
else parentPort!.postMessage(read(task));
