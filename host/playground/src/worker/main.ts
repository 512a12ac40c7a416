// The worker: everything of Nix happens here, so that the page stays free.
import { problemOf } from '../problems.ts';
import type { CallName, ToWorker } from '../protocol.ts';
import { answered } from './asking.ts';
import { Files } from './files.ts';
import { type Handler, type Handlers, makeHandlers } from './handlers.ts';
import { scope } from './port.ts';

const files = new Files();
const inFlight = new Map<number, AbortController>();
let handlers: Handlers | undefined;

async function answer({ id, name, params }: Extract<ToWorker, { type: 'call' }>) {
  const controller = new AbortController();
  inFlight.set(id, controller);
  const handler = handlers![name] as Handler<CallName>;
  try {
    scope.postMessage({ type: 'result', id, result: await handler(params as never, { signal: controller.signal }) });
  } catch (error) {
    scope.postMessage({ type: 'failure', id, problem: problemOf(error) });
  } finally {
    inFlight.delete(id);
  }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'start') handlers = makeHandlers(data, data.site, files);
  else if (data.type === 'files') files.change(data.changes);
  else if (data.type === 'cancel') inFlight.get(data.id)?.abort();
  else if (data.type === 'answer') answered(data.id, data.allowed);
  else void answer(data);
};
