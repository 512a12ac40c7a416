// The worker: everything of Nix happens here, so that the page stays free.
import { CallError, stopped } from '../problems.ts';
import type { CallName, ToWorker } from '../protocol.ts';
import { Files } from './files.ts';
import { type Handler, type Handlers, makeHandlers } from './handlers.ts';
import { scope } from './port.ts';
import { faultOf } from './problem.ts';
import { Workshop } from './workshop.ts';

const files = new Files();
/** What stops the calls in flight. */
const stops = new Map<number, () => void>();
const cancelled = new Set<number>();
let handlers: Handlers | undefined;

async function answer({ id, name, params }: Extract<ToWorker, { type: 'call' }>) {
  const handler = handlers![name] as Handler<CallName>;
  // A call that waits for its turn is stopped when that comes.
  const stopper = (stop: () => void) => {
    stops.set(id, stop);
    if (cancelled.has(id)) stop();
  };
  stops.set(id, () => cancelled.add(id));
  try {
    scope.postMessage({ type: 'result', id, result: await handler(params as never, stopper) });
  } catch (error) {
    const problem = error instanceof CallError ? error.problem : faultOf(error);
    scope.postMessage({ type: 'failure', id, problem: cancelled.has(id) ? stopped() : problem });
  } finally {
    stops.delete(id);
    cancelled.delete(id);
  }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'start') handlers = makeHandlers(new Workshop(data, files));
  else if (data.type === 'files') files.change(data.changes);
  else if (data.type === 'cancel') stops.get(data.id)?.();
  else void answer(data);
};
