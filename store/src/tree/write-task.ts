import type { MessagePort } from 'node:worker_threads';
import { BatchWriter } from './batch-writer.ts';
import { replyOf, type WriteTask } from './tasks.ts';
import { threadHashes } from './thread-hashes.ts';
import type { WriteMessage, WriteReply } from './writer-thread.ts';

/** Writes the batches that come, until there are no more or one fails. */
export function writeFrom(port: MessagePort, { form, umask, wasm }: WriteTask): void {
  const writer = new BatchWriter(form, umask, () => threadHashes(wasm));
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
      const lost = writer.write(batch.buffer, batch.used, batch.places);
      port.postMessage({ buffer: batch.buffer, lost } satisfies WriteReply, [batch.buffer]);
    } catch (error) {
      port.postMessage(replyOf(error) satisfies WriteReply);
      end();
    }
  });
}
