/** Short answers of the server. */
import type { IncomingMessage, ServerResponse } from 'node:http';

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
