// A derivation: its fields, its text, and the graph of what it is made of.
import type { DerivationView as Derivation } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { problemOf } from '../problems.ts';
import { copyText } from '../ui/clipboard.ts';
import { problemView } from '../ui/problem-view.ts';
import { parsePath, pathText } from './attr-path.ts';
import { panelId, takeTarget } from './derivation-target.ts';
import { graphView } from './graph.ts';
import { note, Pages, row, table, View } from './view.ts';

// What a page draws without a pause that is felt.
const drawn = 80;
const longestText = 50_000;
const longestVariable = 2000;

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);

class DerivationPanelView extends View {
  readonly #path = el('input', { id: 'derivation-path', attrs: { type: 'text', spellcheck: 'false', placeholder: 'the value itself' } });
  readonly #place = el('div', {});

  constructor(element: HTMLElement, client: Client) {
    super(element, client);
    const form = el(
      'form',
      { class: 'panel-tools' },
      el('label', { attrs: { for: 'derivation-path' } }, 'Attribute path'),
      this.#path,
      button('Show', () => this.again()),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.again();
    });
    element.append(form, this.#place);
  }

  override show() {
    const { outcome } = this.client;
    const target = outcome && takeTarget(this.client, outcome);
    if (target) {
      this.#path.value = pathText(target.path);
      this.visible = true;
      return this.again();
    }
    super.show();
  }

  protected async fill(outcome: Outcome) {
    if ('problem' in outcome) return this.#place.replaceChildren(note('There is no value.'));
    this.#place.replaceChildren(note('Computing the derivation…'));
    try {
      const view = await this.#derivation(outcome.evaluation.value.id);
      if (this.isShown(outcome)) this.#draw(view);
    } catch (error) {
      if (!this.isShown(outcome)) return;
      const problem = problemOf(error);
      const hint = 'Give the attribute path of a derivation, or choose one in the tree.';
      if (problem.kind === 'not-applicable') this.#place.replaceChildren(note(`${problem.message}. ${hint}`));
      else this.#place.replaceChildren(problemView(problem, this.reveal));
    }
  }

  async #derivation(root: number): Promise<Derivation> {
    const path = parsePath(this.#path.value);
    const id = path.length === 0 ? root : (await this.client.call('select', { id: root, path })).id;
    return this.client.call('derivation', { id, nodes: drawn });
  }

  #draw(view: Derivation) {
    this.#place.replaceChildren(
      el('h2', {}, view.name),
      this.#fields(view),
      ...this.#graph(view),
      this.#outputs(view),
      this.#variables(view),
      this.#inputs(view),
      this.#text(view),
    );
  }

  #fields({ path, system, builder, args }: Derivation): HTMLElement {
    const list = el('dl', { class: 'terms' });
    const add = (term: string, text: string) => list.append(el('dt', {}, term), el('dd', {}, el('code', {}, cut(text, longestVariable))));
    add('Path', path);
    add('System', system);
    add('Builder', builder);
    if (args.length > 0) add('Arguments', args.join(' '));
    return list;
  }

  #graph({ graph }: Derivation): Node[] {
    const frame = el(
      'div',
      { class: 'scroll graph-frame', attrs: { tabindex: 0, role: 'region', 'aria-label': 'Graph of inputs' } },
      graphView(graph),
    );
    return [
      el('h3', {}, 'Graph of inputs'),
      frame,
      ...(graph.cut ? [note(`These are the ${graph.nodes.length} nearest; there are more.`)] : []),
    ];
  }

  #outputs({ outputs }: Derivation): HTMLElement {
    const rows = outputs.map(({ name, type, path, hash }) => row(name, type, path ?? 'not known yet', hash ?? ''));
    return table('Outputs', ['Name', 'Kind', 'Path', 'Hash'], ...rows).frame;
  }

  #variables({ env }: Derivation): HTMLElement {
    const { frame, body } = table('Environment', ['Variable', 'Value']);
    const pages = new Pages<[string, string]>(frame, body, ([name, value]) => row(name, cut(value, longestVariable)), 50);
    pages.set(env);
    return pages.element;
  }

  #inputs({ inputDerivations, inputSources }: Derivation): HTMLElement {
    const { frame, body } = table('Inputs', ['Path', 'Outputs']);
    const pages = new Pages<[string, string]>(frame, body, ([path, outputs]) => row(path, outputs), 50);
    pages.set([
      ...inputDerivations.map(({ path, outputs }): [string, string] => [path, outputs.join(' ')]),
      ...inputSources.map((path): [string, string] => [path, 'source']),
    ]);
    return pages.element;
  }

  #text({ text }: Derivation): HTMLElement {
    const copy = button('Copy .drv text', () => void copyText('The derivation', text));
    const pre = el('pre', { class: 'content' }, cut(text, longestText));
    return el('details', { class: 'body' }, el('summary', {}, '.drv text'), copy, pre);
  }
}

export const derivationPanel: Panel = {
  id: panelId,
  title: 'Derivation',
  mount: (element, client) => new DerivationPanelView(element, client),
};
