// Lines above the work: what the reader has to know, with what can be done about it.
import { button, el } from '../dom.ts';

export interface NoticeAction {
  label: string;
  act: () => void;
}

export class Notices {
  readonly element = el('div', { class: 'notices', attrs: { role: 'status' } });
  readonly #shown = new Map<string, HTMLElement>();

  /** Shows a notice; there is one of each kind. */
  show(kind: string, text: string, actions: readonly NoticeAction[] = []) {
    this.hide(kind);
    const notice = el('div', { class: `notice ${kind}` }, el('span', {}, text), ...actions.map(({ label, act }) => button(label, act)));
    this.#shown.set(kind, notice);
    this.element.append(notice);
  }

  hide(kind: string) {
    this.#shown.get(kind)?.remove();
    this.#shown.delete(kind);
  }

  /** A notice that goes away by itself. */
  flash(text: string, seconds = 4) {
    this.show('flash', text);
    const notice = this.#shown.get('flash');
    setTimeout(() => this.#shown.get('flash') === notice && this.hide('flash'), seconds * 1000);
  }
}
