/** Sending archives to a daemon, while listening to what it says. */
import { StoreError } from '../../errors.ts';
import type { Bytes } from '../../service.ts';
import { FramedSink } from '../wire/writer.ts';
import type { DaemonConnection } from './connection.ts';

/**
 * Sends bytes as a framed stream, and finishes the operation. The daemon's error ends the sending early, and leaves the connection good; an error of
 * the source does not.
 */
export async function sendFrames(connection: DaemonConnection, bytes: Bytes): Promise<void> {
  const sink = new FramedSink(connection.out);
  let isAnswered = false;
  const finished = connection.finish().finally(() => {
    isAnswered = true;
  });
  // Whoever waits for it sees its error; until then it is not unhandled.
  finished.catch(() => {});
  // A daemon that closes the connection may have said why before.
  const sent = (sending: Promise<void>) => sending.catch((error: unknown) => finished.then(() => Promise.reject(error)));
  for await (const chunk of bytes) {
    // An answer before the end can only be an error. It frees a sender that waits for room, too, since the daemon reads on.
    if (isAnswered) break;
    await sent(sink.write(chunk));
  }
  await sent(sink.end());
  await finished;
}

/** Before 1.23 the daemon asks for each piece. */
export async function sendWhenAsked(connection: DaemonConnection, bytes: Bytes): Promise<void> {
  const source = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  let rest: Uint8Array = new Uint8Array();
  const read = async (limit: number) => {
    while (rest.length === 0) {
      const next = await source.next();
      if (next.done) throw new StoreError('invalid', 'unexpected end-of-file');
      rest = next.value;
    }
    await connection.out.bytes(rest.subarray(0, limit)).flush();
    rest = rest.subarray(limit);
  };
  try {
    await connection.finish({ read });
  } finally {
    await source.return?.();
  }
}
