// The code that the file is compiled to: its body, its functions, its thunks.
import type { Bytecode, CodeBody, Instruction } from '@vixen/host';
import type { Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { note, Pages, row, table, View } from './view.ts';

const opened = 3;

class BytecodeView extends View {
  #help: Bytecode['help'] = {};
  readonly #list = el('div', { class: 'bodies' });
  readonly #details = new Map<number, HTMLDetailsElement>();

  protected async fill(outcome: Outcome) {
    const { bodies, help, cut } = await this.client.call('bytecode', { path: outcome.path });
    if (!this.isShown(outcome)) return;
    this.#help = help;
    this.#details.clear();
    const pages = new Pages<[number, CodeBody]>(this.#list, this.#list, ([i, body]) => this.#body(i, body), 100);
    const count = bodies.reduce((sum, { instructions }) => sum + instructions.length, 0);
    const summary = note(`${bodies.length} bodies of code, ${count} instructions${cut ? '; the file is large, there are more' : ''}`);
    pages.set([...bodies.entries()]);
    this.element.replaceChildren(summary, pages.element);
  }

  #body(index: number, body: CodeBody): HTMLElement {
    const { kind, name, size, place } = body;
    const details = el('details', { class: 'body' });
    details.append(
      el(
        'summary',
        {},
        el('span', { class: 'faint' }, `${index} `),
        el('span', { class: 'kind' }, kind),
        ` ${name} `,
        el('span', { class: 'faint' }, `${size} bytes${place ? `, line ${place.line}` : ''}`),
      ),
    );
    // A table is made when it is looked at.
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) details.append(this.#table(index, body));
    });
    this.#details.set(index, details);
    if (index < opened) details.open = true;
    return details;
  }

  #table(index: number, { instructions, name, kind }: CodeBody): HTMLElement {
    const { frame, body } = table(`Code ${index}: ${kind} ${name}`, ['At', 'Instruction', 'Operands', 'Meaning', 'Source']);
    const pages = new Pages<Instruction>(frame, body, (instruction) => this.#instruction(instruction));
    pages.set(instructions);
    return pages.element;
  }

  #instruction({ offset, name, operands, meaning, body, place }: Instruction): HTMLElement {
    const code = el('span', { class: 'kind', attrs: { title: this.#help[name] } }, name);
    const target = body === undefined ? meaning : button(`code ${body}`, () => this.#jump(body), { class: 'link' });
    // What has been told otherwise is an address in the machine's memory.
    const shown = body !== undefined || meaning !== '' || place ? operands.slice(0, 1) : operands;
    return row(String(offset), code, shown.join(' '), target, this.place(place));
  }

  #jump(index: number) {
    const details = this.#details.get(index);
    if (!details) return;
    details.open = true;
    details.scrollIntoView({ block: 'nearest' });
    details.querySelector('summary')?.focus();
  }
}

export const bytecodePanel: Panel = {
  id: 'bytecode',
  title: 'Bytecode',
  mount: (element, client) => new BytecodeView(element, client),
};
