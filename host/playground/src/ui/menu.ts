// A button with a list of actions below it. The browser closes it on Escape and on a click elsewhere (popover).
import { button, el } from '../dom.ts';

export interface Action {
  label: string;
  act: () => void;
  /** Looked at when the menu opens. */
  isOff?: () => boolean;
}

let menus = 0;

/** The button and its list; both belong into the document. */
export function menu(label: string, actions: readonly Action[]): HTMLElement {
  const id = `menu-${++menus}`;
  const opener = el('button', { class: 'menu-button', attrs: { type: 'button', popovertarget: id, 'aria-haspopup': 'true' } }, label);
  const list = el('div', { class: 'menu', id, attrs: { popover: 'auto', role: 'menu', 'aria-label': label } });
  const items = actions.map(({ label: text, act }) => {
    const choose = () => {
      list.hidePopover();
      act();
    };
    return button(text, choose, { attrs: { role: 'menuitem', tabindex: -1 } });
  });
  list.append(...items);
  list.addEventListener('beforetoggle', () => {
    for (const [i, { isOff }] of actions.entries()) items[i]!.disabled = isOff?.() ?? false;
    place(list, opener);
  });
  list.addEventListener(
    'toggle',
    (event) => (event as ToggleEvent).newState === 'open' && items.find(({ disabled }) => !disabled)?.focus(),
  );
  list.addEventListener('keydown', (event) => move(event, items));
  return el('div', { class: 'menu-place' }, opener, list);
}

/** Below its button, within the window. */
function place(list: HTMLElement, opener: HTMLElement) {
  const { left, bottom } = opener.getBoundingClientRect();
  list.style.top = `${bottom + 4}px`;
  list.style.left = `min(${left}px, calc(100vw - 17rem))`;
}

function move(event: KeyboardEvent, items: readonly HTMLButtonElement[]) {
  const open = items.filter(({ disabled }) => !disabled);
  const at = open.indexOf(document.activeElement as HTMLButtonElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + open.length, Home: 0, End: open.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  open[next % open.length]?.focus();
}
