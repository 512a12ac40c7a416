// The order in which values were forced. Remembering it makes evaluation slower, so it is done while this is looked at.
import type { ForceCount, ForceStep, ValueId } from '@vixen/host';
import type { Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { note, Pages, row, table, View } from './view.ts';

const kept = 2000;
const deepest = 12;

class ForcesView extends View {
  override show() {
    this.client.forces = kept;
    const { outcome } = this.client;
    if (!outcome || outcome.forces > 0) return super.show();
    // What was evaluated without remembering is evaluated again; its end comes here.
    this.visible = true;
    void this.client.evaluate(outcome.path);
  }

  override hide() {
    this.client.forces = 0;
    super.hide();
  }

  protected async fill(outcome: Outcome) {
    const { steps, total, counts } = await this.client.call('forceOrder', {});
    if (!this.isShown(outcome)) return;
    const more = total > steps.length ? `; these are the first ${steps.length}` : '';
    const order = table('In the order of forcing', ['No.', 'What', 'Value of', 'Source']);
    const orderPages = new Pages<ForceStep>(order.frame, order.body, (step) => this.#step(step));
    orderPages.set(steps);
    const most = table('Most often', ['Times', 'Value of', 'Source']);
    const mostPages = new Pages<ForceCount>(
      most.frame,
      most.body,
      ({ count, name, place }) => row(String(count), name, this.place(place)),
      20,
    );
    mostPages.set(counts);
    const tools = el('div', { class: 'panel-tools' }, ...('evaluation' in outcome ? [this.#whole(outcome.evaluation.value.id)] : []));
    this.element.replaceChildren(tools, note(`${total} values were forced${more}.`), orderPages.element, mostPages.element);
  }

  /** The value itself is all that evaluation asks for; what is in it is asked for by whoever looks. */
  #whole(id: ValueId): HTMLElement {
    const everything = async () => {
      // What fails in it has been forced, too.
      await this.client.call('copy', { id, format: 'pretty' }).catch(() => undefined);
      this.again();
    };
    return button('Evaluate all of the value', () => void everything());
  }

  #step({ index, depth, what, name, place }: ForceStep): HTMLElement {
    const shown = el(
      'span',
      { class: 'step' },
      el('span', { class: 'faint' }, depth > deepest ? `${depth}: ` : ''),
      name === '' ? '·' : name,
    );
    shown.style.setProperty('--level', String(Math.min(depth, deepest)));
    return row(String(index + 1), what, shown, this.place(place));
  }
}

export const forcesPanel: Panel = {
  id: 'forces',
  title: 'Forcing',
  mount: (element, client) => new ForcesView(element, client),
};
