// The question whether something may be requested. It does not block: one can go on writing, or cancel.
import { button, el } from '../dom.ts';
import type { Question, Questions } from '../questions.ts';

// Milliseconds in which nothing can be allowed: a click may have been meant for what was there before.
const pause = 400;

/** The element that has the focus, in shadow trees, too. */
function focused(): HTMLElement | undefined {
  let element = document.activeElement;
  for (let inner = element?.shadowRoot?.activeElement; inner; inner = inner.shadowRoot?.activeElement) element = inner;
  return element instanceof HTMLElement ? element : undefined;
}

interface Shown {
  box: HTMLElement;
  /** What had the focus before. */
  before: HTMLElement | undefined;
}

export class QuestionView {
  readonly element = el('div', { class: 'questions' });
  readonly #questions: Questions;
  readonly #shown = new Map<Question, Shown>();

  constructor(questions: Questions) {
    this.#questions = questions;
    questions.on('asked', (question) => this.#show(question));
    questions.on('closed', (question) => this.#close(question));
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Escape refuses, wherever the focus is, but where it has another meaning. */
  #key(event: KeyboardEvent) {
    const [question] = this.#shown.keys();
    if (event.key !== 'Escape' || event.defaultPrevented || !question || document.querySelector('dialog[open], :popover-open')) return;
    event.preventDefault();
    this.#questions.answer(question, 'refuse');
  }

  #show(question: Question) {
    const { host, href, protocol } = question.url;
    const answer = (given: Parameters<Questions['answer']>[1]) => () => this.#questions.answer(question, given);
    const [title, what] = [`question-${question.id}`, `question-${question.id}-what`];
    const refuse = button('Refuse', answer('refuse'));
    const allow = [button('Allow once', answer('once')), button(`Allow ${host} while this page is open`, answer('host'))];
    for (const each of allow) each.disabled = true;
    setTimeout(() => {
      for (const each of allow) each.disabled = false;
    }, pause);
    const isOpen = protocol === 'http:' ? ' Others on the way can read it (http).' : '';
    const box = el(
      'section',
      { class: 'notice question', attrs: { role: 'alertdialog', 'aria-labelledby': title, 'aria-describedby': what } },
      el('h2', { id: title }, `May this be fetched from ${host}?`),
      el('code', { class: 'question-url', attrs: { tabindex: 0, role: 'group', 'aria-label': 'URL' } }, href),
      el(
        'p',
        { id: what },
        `This sends a request to ${host}: it learns your address, and all of the URL, and may pass the request on to another server. ` +
          `Nothing else is sent: no cookies, none of your files.${isOpen}`,
      ),
      el('div', { class: 'question-buttons' }, refuse, ...allow),
    );
    this.#shown.set(question, { box, before: focused() });
    this.element.append(box);
    // Who writes goes on writing.
    if (!question.isLive) refuse.focus();
  }

  #close(question: Question) {
    const shown = this.#shown.get(question);
    this.#shown.delete(question);
    const hasFocus = shown?.box.contains(document.activeElement);
    shown?.box.remove();
    if (hasFocus) shown?.before?.focus();
  }
}
