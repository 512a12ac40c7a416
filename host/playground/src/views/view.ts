// What views have in common: they work when they are seen, and again when there is another value.
import type { Place, Problem } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import type { PanelView } from '../panels.ts';
import { problemOf } from '../problems.ts';
import { nameOf } from '../state/paths.ts';
import { problemView } from '../ui/problem-view.ts';

export abstract class View implements PanelView {
  protected readonly client: Client;
  protected readonly element: HTMLElement;
  protected visible = false;
  /** The outcome that is shown. */
  #shown: Outcome | undefined;

  constructor(element: HTMLElement, client: Client) {
    this.client = client;
    this.element = element;
    element.classList.add('view');
    client.on('ended', () => this.visible && this.show());
  }

  show() {
    this.visible = true;
    const { outcome } = this.client;
    if (!outcome || outcome === this.#shown) return;
    this.#shown = outcome;
    void this.#filled(outcome);
  }

  hide() {
    this.visible = false;
  }

  /** Makes `fill` run again, with the same value. */
  protected again() {
    this.#shown = undefined;
    if (this.visible) this.show();
  }

  async #filled(outcome: Outcome) {
    try {
      await this.fill(outcome);
    } catch (error) {
      if (this.isShown(outcome)) this.fail(problemOf(error));
    }
  }

  /** Whether an outcome is the one that is to be seen: another evaluation may have ended meanwhile. */
  protected isShown(outcome: Outcome): boolean {
    return this.#shown === outcome && this.client.outcome === outcome;
  }

  /** Shows what belongs to an outcome. */
  protected abstract fill(outcome: Outcome): Promise<void>;

  protected fail(problem: Problem) {
    this.element.replaceChildren(problemView(problem, this.reveal));
  }

  protected readonly reveal = (place: Place) => this.client.emit('reveal', place);

  /** A place as a link into the editor, where it has the file. */
  protected place(place: Place | undefined): HTMLElement {
    if (!place) return el('span', {});
    const name = nameOf(place.file);
    const text = `${name ?? place.file}:${place.line}:${place.column}`;
    if (name === undefined) return el('span', { class: 'place' }, text);
    return button(text, () => this.reveal(place), { class: 'place link', attrs: { title: 'Show in the editor' } });
  }
}

export const note = (text: string) => el('p', { class: 'note' }, text);

/** Rows that come a page at a time, with a button for more. */
export class Pages<T> {
  readonly element: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #make: (item: T) => Node;
  readonly #size: number;
  #items: readonly T[] = [];
  #shown = 0;

  /** `rows` takes the rows, and stands inside of `frame`. */
  constructor(frame: HTMLElement, rows: HTMLElement, make: (item: T) => Node, size = 200) {
    this.#rows = rows;
    this.#make = make;
    this.#size = size;
    this.#more = button('Show more', () => this.#next());
    this.element = el('div', {}, frame, this.#more);
  }

  set(items: readonly T[]) {
    this.#items = items;
    this.#shown = 0;
    this.#rows.replaceChildren();
    this.#next();
  }

  #next() {
    const end = Math.min(this.#items.length, this.#shown + this.#size);
    this.#rows.append(...this.#items.slice(this.#shown, end).map(this.#make));
    this.#shown = end;
    const left = this.#items.length - end;
    this.#more.hidden = left === 0;
    this.#more.textContent = `Show more (${left})`;
  }
}

/** A table that is read by its caption and heads. */
export function table(caption: string, heads: readonly string[], ...rows: Node[]): { frame: HTMLElement; body: HTMLElement } {
  const body = el('tbody', {}, ...rows);
  const head = el('tr', {}, ...heads.map((text) => el('th', { attrs: { scope: 'col' } }, text)));
  const frame = el('table', { class: 'data' }, el('caption', {}, caption), el('thead', {}, head), body);
  return { frame: el('div', { class: 'scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': caption } }, frame), body };
}

export const row = (...cells: (Node | string)[]) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell)));
