import type { MessagePort } from 'node:worker_threads';
import { FileWriter } from './file-writer.ts';
import { replyOf, type WriteTask } from './tasks.ts';
import { recordsOf } from './write-batch.ts';
import type { WriteMessage, WriteReply } from './writer-thread.ts';

/** Writes the batches that come, until there are no more or one fails. */
export function writeFrom(port: MessagePort, { form, umask }: WriteTask): void {
  const writer = new FileWriter(form, umask);
  const end = () => {
    writer.close();
    port.close();
  };
  port.on('message', (batch: WriteMessage) => {
    if (!batch) {
      end();
      return;
    }
    try {
      for (const record of recordsOf(batch.buffer, batch.used)) writer.write(record);
      port.postMessage({ buffer: batch.buffer } satisfies WriteReply, [batch.buffer]);
    } catch (error) {
      port.postMessage(replyOf(error) satisfies WriteReply);
      end();
    }
  });
}
