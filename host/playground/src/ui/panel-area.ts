// The panels beside the editor: a row of tabs, and the panel that is chosen. A panel is mounted when it is shown first.
import type { Client } from '../client.ts';
import { el } from '../dom.ts';
import { type PanelView, panels } from '../panels.ts';
import { Tabs } from './tabs.ts';

interface Mounted {
  element: HTMLElement;
  view: PanelView;
}

export class PanelArea {
  readonly element: HTMLElement;
  readonly #tabs: Tabs;
  readonly #body = el('div', { class: 'panel-body' });
  readonly #mounted = new Map<string, Mounted>();
  readonly #client: Client;
  readonly #chose: (id: string) => void;
  readonly #titles = new Map<string, string>();
  #chosen = '';

  /** `chose` is told of the panel that is shown, to keep it for the next visit. */
  constructor(client: Client, chose: (id: string) => void) {
    this.#client = client;
    this.#chose = chose;
    this.#tabs = new Tabs({ label: 'Views', controls: (id) => `panel-${id}`, choose: (id) => this.choose(id) });
    this.element = el('div', { class: 'panels' }, this.#tabs.element, this.#body);
    for (const { id, title, retitle } of panels()) {
      this.#body.append(this.#place(id));
      this.#titles.set(id, title);
      retitle?.(client, (text) => this.#retitle(id, text));
    }
  }

  #place(id: string): HTMLElement {
    return el('div', {
      class: 'panel',
      id: `panel-${id}`,
      attrs: { role: 'tabpanel', 'aria-labelledby': `tab-${id}`, hidden: true, tabindex: 0 },
    });
  }

  /** Shows a panel. `isPassing`: for this once, not for the next visit. */
  choose(wanted: string, { isPassing = false } = {}) {
    const panel = panels().find(({ id }) => id === wanted) ?? panels()[0];
    if (!panel) return;
    if (panel.id !== this.#chosen) this.#leave();
    this.#chosen = panel.id;
    this.#tabs.show(
      panels().map(({ id, title }) => ({ id, label: this.#titles.get(id) ?? title })),
      panel.id,
    );
    const { element, view } = this.#mount(panel.id);
    element.hidden = false;
    view.show?.();
    if (!isPassing) this.#chose(panel.id);
  }

  #retitle(id: string, title: string) {
    this.#titles.set(id, title);
    this.#tabs.relabel(id, title);
  }

  #leave() {
    const left = this.#mounted.get(this.#chosen);
    if (!left) return;
    left.element.hidden = true;
    left.view.hide?.();
  }

  #mount(wanted: string): Mounted {
    const known = this.#mounted.get(wanted);
    if (known) return known;
    const panel = panels().find(({ id }) => id === wanted)!;
    const element = this.#body.querySelector<HTMLElement>(`#panel-${wanted}`)!;
    const mounted = { element, view: panel.mount(element, this.#client) };
    this.#mounted.set(wanted, mounted);
    return mounted;
  }
}
