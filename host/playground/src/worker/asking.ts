// Whoever reads the page is asked before something is requested. Evaluated code has no part in it: it says a URL, and gets contents or an error.
import type { Permission } from '@vixen/host';
import { scope } from './port.ts';

const waiting = new Map<number, (isAllowed: boolean) => void>();
let lastId = 0;

/** The page has an answer. */
export function answered(id: number, isAllowed: boolean) {
  waiting.get(id)?.(isAllowed);
}

/** Waits for the page's answer, until the evaluation is given up. */
function answerTo(id: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    waiting.set(id, resolve);
  });
}

export const permitted: Permission = async (url, signal, send) => {
  signal.throwIfAborted();
  const id = ++lastId;
  const answer = answerTo(id, signal);
  scope.postMessage({ type: 'ask', id, url: url.href });
  try {
    return (await answer) ? await send() : undefined;
  } finally {
    waiting.delete(id);
    scope.postMessage({ type: 'settled', id });
  }
};
