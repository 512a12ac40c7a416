/** Short answers of the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StoreError } from '../errors.ts';

/** Answers with a text. */
export function send(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length, ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

const patience = 5000;

/** Reads what a client still sends, so that it gets to read our answer instead of an error of the connection; but not for long. */
export function drain(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), patience).unref();
  request.once('close', () => clearTimeout(timer));
}

/** Writes chunks one after another: each may be its producer's buffer, so it has to be gone before the next is asked for. */
export async function stream(response: ServerResponse, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const gone = () => reject(new StoreError('unavailable', 'the client went away'));
      response.once('close', gone);
      response.write(chunk, (error) => {
        response.off('close', gone);
        if (error) reject(error);
        else resolve();
      });
    });
  }
  response.end();
}
