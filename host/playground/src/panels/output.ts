// What evaluation says: builtins.trace, warnings of the program and of the parser.
import type { Message } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { warningView } from '../ui/problem-view.ts';

class OutputView {
  readonly #list = el('div', { class: 'output', attrs: { role: 'log', 'aria-label': 'Output' } });
  readonly #none = el('p', { class: 'note' }, 'Nothing was said. builtins.trace and builtins.warn write here.');
  readonly #client: Client;
  #dropped = 0;

  constructor(element: HTMLElement, client: Client) {
    this.#client = client;
    element.append(this.#none, this.#list);
    this.#say(client.messages);
    if (client.outcome) this.#warn(client.outcome);
    client.on('begun', () => this.#clear());
    client.on('messages', ({ messages, dropped }) => this.#say(messages, dropped));
    client.on('ended', (outcome) => this.#warn(outcome));
  }

  #clear() {
    this.#list.replaceChildren();
    this.#none.hidden = false;
    this.#dropped = 0;
  }

  #say(messages: readonly Message[], dropped = 0) {
    this.#add(messages.map(({ kind, text }) => el('pre', { class: kind }, `${kind}: ${text}`)));
    if (dropped === 0) return;
    if (this.#dropped > 0) this.#list.lastElementChild?.remove();
    this.#dropped += dropped;
    this.#add([el('p', { class: 'note' }, `and ${this.#dropped} more`)]);
  }

  #warn(outcome: Outcome) {
    if (!('evaluation' in outcome)) return;
    this.#add(outcome.evaluation.warnings.map((warning) => warningView(warning, (place) => this.#client.emit('reveal', place))));
  }

  #add(elements: HTMLElement[]) {
    if (elements.length === 0) return;
    this.#none.hidden = true;
    this.#list.append(...elements);
  }
}

/** The title says how much there is: it is seen while another panel is shown. */
const titled = (count: number) => (count === 0 ? 'Output' : `Output (${count})`);

export const outputPanel: Panel = {
  id: 'output',
  title: 'Output',
  retitle: (client, title) => {
    const tell = (warnings = 0) => title(titled(client.messages.length + warnings));
    client.on('begun', () => tell());
    client.on('messages', () => tell());
    client.on('ended', (outcome) => tell('evaluation' in outcome ? outcome.evaluation.warnings.length : 0));
  },
  mount: (element, client) => {
    new OutputView(element, client);
    return {};
  },
};
