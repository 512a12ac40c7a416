// The syntax tree, linked to the source both ways: a node shows its part of the text, and the cursor its node.
import type { SyntaxNode } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { Tree } from './tree.ts';
import { note, View } from './view.ts';

// Children that are shown at once.
const page = 100;

class SyntaxView extends View {
  #nodes: SyntaxNode[] = [];
  #children: number[][] = [];
  #path = '';
  readonly #tree: Tree<number>;

  constructor(element: HTMLElement, client: Client) {
    super(element, client);
    this.#tree = new Tree<number>('Syntax tree', {
      line: (i) => this.#line(i),
      opens: (i) => this.#below(i).length > 0,
      children: async (i, from) => ({ items: this.#below(i).slice(from, from + page), total: this.#below(i).length }),
      chosen: (i, acted) => acted && this.#show(i),
    });
    client.on('cursor', ({ path, offset }) => this.visible && path === this.#path && void this.#follow(offset));
  }

  protected async fill(outcome: Outcome) {
    const { path } = outcome;
    const { nodes, cut } = await this.client.call('syntaxTree', { path });
    if (!this.isShown(outcome)) return;
    this.#path = path;
    this.#nodes = nodes;
    this.#children = nodes.map(() => []);
    nodes.forEach(({ parent }, i) => this.#children[parent]?.push(i));
    const hint = note('Enter or a click shows the source; moving the cursor there finds the node.');
    this.element.replaceChildren(hint, this.#tree.element, ...(cut ? [note('The file is large: these are its first nodes.')] : []));
    this.#tree.set(nodes.length > 0 ? [0] : []);
    await this.#tree.openRoot();
  }

  #below(i: number): number[] {
    return this.#children[i] ?? [];
  }

  #line(i: number): Node[] {
    const { kind, role, text, parent } = this.#nodes[i]!;
    const parts: Node[] = [];
    if (parent >= 0) parts.push(el('span', { class: 'faint' }, `${role} `));
    parts.push(el('span', { class: 'kind' }, kind));
    if (text !== '') parts.push(el('code', { class: 'shown' }, ` ${text}`));
    return parts;
  }

  /** Shows a node in the editor; one that stands nowhere itself, such as a part of a string, by what it is a part of. */
  #show(i: number) {
    for (let node = this.#nodes[i]; node; node = this.#nodes[node.parent]) {
      if (node.range) return this.reveal({ file: this.#path, line: 1, column: 1, range: node.range });
    }
  }

  /** Which of these nodes holds an offset; of several (a set that was written in parts has others between them), the shortest. */
  #narrowest(nodes: readonly number[], offset: number): number {
    let [found, length] = [-1, Number.POSITIVE_INFINITY];
    nodes.forEach((node, i) => {
      const { range } = this.#nodes[node]!;
      if (!range || range.from > offset || range.to < offset || range.to - range.from >= length) return;
      [found, length] = [i, range.to - range.from];
    });
    return found;
  }

  /** Chooses the innermost node at an offset. */
  async #follow(offset: number) {
    const way: number[] = [];
    for (let at = 0; ; ) {
      const below = this.#below(at);
      const index = this.#narrowest(below, offset);
      if (index < 0) break;
      way.push(index);
      at = below[index]!;
    }
    await this.#tree.reach(way);
  }
}

export const syntaxPanel: Panel = {
  id: 'syntax',
  title: 'Syntax',
  mount: (element, client) => new SyntaxView(element, client),
};
