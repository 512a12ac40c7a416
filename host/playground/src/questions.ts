// What the reader is asked before something is requested, and what was answered. Nothing of it outlives the page.
import { Emitter } from './emitter.ts';

/** `host`: this request, and others to the same origin as long as the page has these files. */
export type Answer = 'once' | 'host' | 'refuse';

export interface Question {
  readonly id: number;
  readonly url: URL;
  /** Nobody has asked for this evaluation: somebody is writing. */
  readonly isLive: boolean;
}

export interface QuestionEvents {
  asked: Question;
  /** A question has its answer, or needs none any more. */
  closed: Question;
  /** Whether a request is asked for or made. */
  waiting: boolean;
}

export class Questions extends Emitter<QuestionEvents> {
  readonly #send: (id: number, isAllowed: boolean) => void;
  readonly #open = new Map<number, Question>();
  /** Requests that were allowed, and have not ended. */
  readonly #sent = new Map<number, URL>();
  readonly #allowed = new Set<string>();
  readonly #refused = new Set<string>();
  #isLive = false;

  /** `send` gives an answer to the worker. */
  constructor(send: (id: number, isAllowed: boolean) => void) {
    super();
    this.#send = send;
  }

  /** An evaluation begins. What was refused is not asked for again while somebody writes, but when an evaluation is asked for. */
  begin(isLive: boolean) {
    this.#isLive = isLive;
    if (!isLive) this.#refused.clear();
  }

  /** Other files are shown: nothing that was allowed for those before holds for them. */
  forget() {
    this.#allowed.clear();
    this.#refused.clear();
  }

  /** The worker wants to request a URL. */
  ask(id: number, href: string) {
    const url = new URL(href);
    if (this.#refused.has(href)) return this.#send(id, false);
    if (this.#allowed.has(url.origin)) {
      this.#changing(() => this.#sent.set(id, url));
      return this.#send(id, true);
    }
    const question = { id, url, isLive: this.#isLive };
    this.#changing(() => this.#open.set(id, question));
    this.emit('asked', question);
  }

  answer(question: Question, answer: Answer) {
    const { id, url } = question;
    if (!this.#open.has(id)) return;
    if (answer === 'host') this.#allowed.add(url.origin);
    if (answer === 'refuse') this.#refused.add(url.href);
    const isAllowed = answer !== 'refuse';
    this.#changing(() => {
      this.#open.delete(id);
      if (isAllowed) this.#sent.set(id, url);
    });
    this.#send(id, isAllowed);
    this.emit('closed', question);
  }

  /** A request has ended, or is not wanted any more. */
  settle(id: number) {
    const question = this.#open.get(id);
    this.#changing(() => {
      this.#open.delete(id);
      this.#sent.delete(id);
    });
    if (question) this.emit('closed', question);
  }

  /** The worker is gone. */
  settleAll() {
    for (const id of [...this.#open.keys(), ...this.#sent.keys()]) this.settle(id);
  }

  /** Whether a request is asked for or made. */
  get isWaiting(): boolean {
    return this.#open.size > 0 || this.#sent.size > 0;
  }

  /** What is waited for, in words; undefined for nothing. */
  get state(): string | undefined {
    if (this.#open.size > 0) return 'Waiting for your answer';
    const [url] = this.#sent.values();
    return url && `Fetching from ${url.host}…`;
  }

  #changing(change: () => void) {
    const before = this.isWaiting;
    change();
    if (this.isWaiting !== before) this.emit('waiting', this.isWaiting);
  }
}
