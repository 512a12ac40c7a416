// Descriptions of builtins as elements.
import { el } from '../dom.ts';
import type { Builtin } from './builtins.ts';

/** Text in which code stands between backticks. */
export function prose(text: string): (Node | string)[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? el('code', {}, part) : part));
}

const argumentsOf = (arity: number) => (arity === 1 ? 'one argument' : `${arity} arguments`);

export function builtinDocs({ name, arity, doc, feature }: Builtin): HTMLElement {
  const heading = el('p', {}, el('code', {}, `builtins.${name}`), arity === 0 ? '' : `: takes ${argumentsOf(arity)}`);
  const view = el('div', { class: 'cm-doc' }, heading, el('p', {}, ...prose(doc)));
  if (feature) view.append(el('p', {}, 'Needs the experimental feature ', el('code', {}, feature), '.'));
  return view;
}
