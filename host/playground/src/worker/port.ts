// The worker's end of the messages.
import type { Message } from '@vixen/host';
import type { FromWorker, ToWorker } from '../protocol.ts';

interface WorkerScope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

export const scope = globalThis as unknown as WorkerScope;

/** More messages of one evaluation than these are counted, not shown. */
const most = 1000;
const longest = 4000;
/** Milliseconds between two batches. */
const rhythm = 100;

/** What evaluation says, sent in batches: a message of its own for each would drown the page. */
export class Messages {
  #count = 0;
  #waiting: Message[] = [];
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly add = (message: Message) => {
    this.#count += 1;
    if (this.#count > most) this.#dropped += 1;
    else this.#waiting.push(message.text.length > longest ? { ...message, text: `${message.text.slice(0, longest)}…` } : message);
    this.#timer ??= setTimeout(() => this.flush(), rhythm);
  };

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0 && this.#dropped === 0) return;
    scope.postMessage({ type: 'messages', messages: this.#waiting, dropped: this.#dropped });
    this.#waiting = [];
    this.#dropped = 0;
  }
}
