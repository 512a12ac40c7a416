// The value as a tree: what is opened is evaluated, the rest stays as it is.
import type { Child, CopyFormat, ValueDetails } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { problemOf } from '../problems.ts';
import { copyText } from '../ui/clipboard.ts';
import { problemView } from '../ui/problem-view.ts';
import { keyText, parsePath } from './attr-path.ts';
import { showDerivation } from './derivation-target.ts';
import { Tree } from './tree.ts';
import { detailsView } from './value-details.ts';
import { note, View } from './view.ts';

type Branch = Child & { isRoot: boolean };

const fieldId = 'tree-path';

const containers = new Set(['list', 'set']);

function line(node: Branch): Node[] {
  const parts: Node[] = [];
  if (!node.isRoot)
    parts.push(
      el('span', { class: 'key' }, typeof node.key === 'number' ? `[${node.key}]` : keyText(node.key)),
      el('span', { class: 'faint' }, ' = '),
    );
  parts.push(el('span', { class: `shown type-${node.type ?? node.state}` }, node.text));
  if (node.derivation !== undefined)
    parts.push(document.createTextNode(' '), el('span', { class: 'badge' }, `derivation ${node.derivation}`.trimEnd()));
  else if (node.type) parts.push(el('span', { class: 'faint type-name' }, ` ${node.type}`));
  return parts;
}

class ValueTreeView extends View {
  readonly #details = el('div', { class: 'details' });
  readonly #tree: Tree<Branch>;
  readonly #path = el('input', { id: fieldId, attrs: { type: 'text', spellcheck: 'false', placeholder: 'the whole value' } });
  readonly #form = el(
    'form',
    { class: 'panel-tools' },
    el('label', { attrs: { for: fieldId } }, 'Attribute path'),
    this.#path,
    el('button', { attrs: { type: 'submit' } }, 'Go'),
  );

  constructor(element: HTMLElement, client: Client) {
    super(element, client);
    this.#tree = new Tree<Branch>('Value', {
      line,
      opens: ({ state, type, size }) => state !== 'value' || (type !== undefined && containers.has(type) && size > 0),
      open: (node) => this.#forced(node),
      children: (node, from) => this.#children(node, from),
      chosen: (node) => void this.#describe(node),
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.again();
    });
  }

  protected async fill(outcome: Outcome) {
    if ('problem' in outcome) {
      this.element.replaceChildren(note('There is no value.'));
      return;
    }
    const { value } = outcome.evaluation;
    const path = parsePath(this.#path.value);
    this.#details.replaceChildren();
    this.element.replaceChildren(this.#form, this.#tree.element, this.#details);
    this.#tree.set([]);
    try {
      const root = path.length === 0 ? value : await this.client.call('select', { id: value.id, path });
      if (!this.isShown(outcome)) return;
      this.#tree.set([{ ...root, key: '', isRoot: true }]);
      await this.#tree.openRoot();
    } catch (error) {
      if (this.isShown(outcome)) this.#details.replaceChildren(problemView(problemOf(error), this.reveal));
    }
  }

  async #forced(node: Branch): Promise<Branch> {
    return node.state === 'value' ? node : { ...node, ...(await this.client.call('force', { id: node.id })) };
  }

  async #children({ id, type }: Branch, from: number) {
    if (type === undefined || !containers.has(type)) return { items: [], total: 0 };
    const { children, total } = await this.client.call('children', { id, from });
    return { items: children.map((child) => ({ ...child, isRoot: false })), total };
  }

  async #describe({ id }: Branch) {
    try {
      const details = await this.client.call('describe', { id });
      if (this.#tree.current?.id !== id) return;
      const view = detailsView(details, { place: (place) => this.place(place), reveal: this.reveal });
      this.#details.replaceChildren(this.#tools(details), view);
    } catch (error) {
      // Another evaluation has begun: its value is on its way.
      if (problemOf(error).kind !== 'unknown-value' && this.#tree.current?.id === id)
        this.#details.replaceChildren(note(problemOf(error).message));
    }
  }

  #tools(details: ValueDetails): HTMLElement {
    const said = el('span', { class: 'note', attrs: { role: 'status' } });
    const copy = async (format: CopyFormat) => {
      try {
        const text = await this.client.call('copy', { id: details.id, format });
        said.textContent = (await copyText('The value', text)) ? 'Copied' : '';
      } catch (error) {
        said.textContent = problemOf(error).message;
      }
    };
    const tools = el('div', { class: 'panel-tools' }, said);
    if (details.derivation !== undefined) tools.append(button('Show derivation', () => showDerivation(this.client, details)));
    tools.append(
      button('Copy as Nix', () => void copy('nix')),
      button('Copy as JSON', () => void copy('json')),
    );
    return tools;
  }
}

export const valueTreePanel: Panel = {
  id: 'tree',
  title: 'Tree',
  mount: (element, client) => new ValueTreeView(element, client),
};
