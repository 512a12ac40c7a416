// A row of tabs (the ARIA pattern): arrow keys move between them, only the chosen one is in the tab order.
import { el, setAttrs } from '../dom.ts';

export interface Tab {
  id: string;
  label: string;
}

export interface TabsOptions {
  label: string;
  /** What ids of the tabs begin with, behind `tab-`. */
  prefix?: string;
  /** The id of the element that a tab shows. */
  controls: (id: string) => string;
  choose: (id: string) => void;
  /** Keys besides those that move. */
  keydown?: (id: string, event: KeyboardEvent) => void;
}

/** The id of a tab's element, as others refer to it. */
export const tabId = (id: string, prefix = '') => `tab-${prefix}${encodeURIComponent(id)}`;

const moves: Record<string, (at: number, count: number) => number> = {
  ArrowLeft: (at, count) => (at + count - 1) % count,
  ArrowRight: (at, count) => (at + 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export class Tabs {
  readonly element: HTMLElement;
  readonly #options: TabsOptions;
  #buttons = new Map<string, HTMLButtonElement>();

  constructor(options: TabsOptions) {
    this.#options = options;
    this.element = el('div', { class: 'tabs', attrs: { role: 'tablist', 'aria-label': options.label } });
  }

  /** Shows these tabs, the chosen one among them. The focus stays where it is. */
  show(tabs: readonly Tab[], chosen: string) {
    const focused = [...this.#buttons].find(([, element]) => element === document.activeElement)?.[0];
    this.#buttons = new Map(tabs.map((tab) => [tab.id, this.#button(tab, tab.id === chosen)]));
    this.element.replaceChildren(...this.#buttons.values());
    if (focused !== undefined) (this.#buttons.get(focused) ?? this.#buttons.get(chosen))?.focus();
    this.#reveal(this.#buttons.get(chosen));
  }

  /** Scrolls the row, and never the page. */
  #reveal(tab: HTMLElement | undefined) {
    if (!tab) return;
    const { element } = this;
    const end = tab.offsetLeft + tab.offsetWidth - element.clientWidth;
    element.scrollLeft = Math.min(tab.offsetLeft, Math.max(element.scrollLeft, end));
  }

  /** Another text on a tab, as for a count. */
  relabel(id: string, label: string) {
    const found = this.#buttons.get(id);
    if (found && found.textContent !== label) found.textContent = label;
  }

  #button({ id, label }: Tab, isChosen: boolean): HTMLButtonElement {
    const tab = el('button', { class: 'tab', id: tabId(id, this.#options.prefix), on: { click: () => this.#options.choose(id) } }, label);
    const controls = this.#options.controls(id);
    setAttrs(tab, {
      type: 'button',
      role: 'tab',
      'aria-selected': String(isChosen),
      'aria-controls': controls,
      tabindex: isChosen ? 0 : -1,
    });
    tab.addEventListener('keydown', (event) => this.#key(id, event));
    return tab;
  }

  #key(id: string, event: KeyboardEvent) {
    const ids = [...this.#buttons.keys()];
    const move = moves[event.key];
    if (!move) return this.#options.keydown?.(id, event);
    event.preventDefault();
    const next = ids[move(ids.indexOf(id), ids.length)]!;
    this.#options.choose(next);
    this.#buttons.get(next)?.focus();
  }
}
