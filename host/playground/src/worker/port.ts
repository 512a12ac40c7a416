// The worker's end of the messages.
import type { FromWorker, Message, ToWorker, Usage } from '../protocol.ts';

interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

export const scope = globalThis as unknown as WorkerScope;

/** More messages of one evaluation than these are counted, not shown. */
const most = 1000;
const longest = 4000;

/** What evaluation says, sent in batches: a message of its own for each would drown the page. */
export class Messages {
  #count = 0;
  #waiting: Message[] = [];
  #dropped = 0;

  add(message: Message) {
    this.#count += 1;
    if (this.#count > most) {
      this.#dropped += 1;
      return;
    }
    const isLong = message.text.length > longest;
    this.#waiting.push(isLong ? { ...message, text: `${message.text.slice(0, longest)}…` } : message);
  }

  flush() {
    if (this.#waiting.length === 0 && this.#dropped === 0) return;
    scope.postMessage({ type: 'messages', messages: this.#waiting, dropped: this.#dropped });
    this.#waiting = [];
    this.#dropped = 0;
  }
}

export const tellProgress = (usage: Usage) => scope.postMessage({ type: 'progress', usage });
