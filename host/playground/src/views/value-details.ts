// What is known of the value that is chosen in the tree.
import type { ContextElement, FunctionDetails, Place, ValueDetails } from '@vixen/host';
import { el } from '../dom.ts';
import { builtins } from '../editor/builtins.ts';
import { prose } from '../editor/docs.ts';
import { problemView, type Reveal } from '../ui/problem-view.ts';
import { pathText } from './attr-path.ts';

export interface DetailsOptions {
  place: (place: Place | undefined) => HTMLElement;
  reveal: Reveal;
}

const mostPaths = 50;

function list(items: readonly string[]): HTMLElement {
  const shown = items.slice(0, mostPaths).map((item) => el('li', {}, item));
  if (items.length > mostPaths) shown.push(el('li', { class: 'faint' }, `and ${items.length - mostPaths} more`));
  return el('ul', { class: 'paths' }, ...shown);
}

function contextText({ kind, path, output }: ContextElement): string {
  if (kind === 'output') return `output ${output ?? ''} of ${path}`;
  return kind === 'derivation' ? `${path}, with all its outputs` : path;
}

function argumentText({ argument, formals, ellipsis }: FunctionDetails): string {
  if (!formals) return `${argument ?? ''}: …`;
  const names = formals.map((formal) => (formal.optional ? `${formal.name} ? …` : formal.name));
  if (ellipsis) names.push('...');
  return `{ ${names.join(', ')} }${argument === undefined ? '' : ` @ ${argument}`}: …`;
}

/** A list of terms, only of those that there is something to say of. */
export function detailsView(details: ValueDetails, { place, reveal }: DetailsOptions): HTMLElement {
  const view = el('dl', { class: 'terms' });
  const add = (term: string, ...said: (Node | string)[]) => view.append(el('dt', {}, term), el('dd', {}, ...said));
  if (details.path.length > 0) add('Path', el('code', {}, pathText(details.path)));
  add('Type', details.type ?? (details.state === 'thunk' ? 'not known: nobody has asked for the value' : 'none: it fails'));
  if (details.definition) add('Defined at', place(details.definition));
  if (details.type === 'list' || details.type === 'set') add(details.type === 'list' ? 'Elements' : 'Attributes', String(details.size));
  const { content, cut, context = [], storePaths = [], function: fn } = details;
  if (content !== undefined)
    add('Text', el('pre', { class: 'content' }, content.slice(0, 20_000) + (cut || content.length > 20_000 ? '…' : '')));
  if (context.length > 0) add('Context', list(context.map(contextText)));
  if (storePaths.length > 0) add('Store paths', list(storePaths));
  if (fn) {
    add('Takes', el('code', {}, argumentText(fn)));
    if (fn.place) add('Function at', place(fn.place));
    if (fn.documentation) add('Documentation', el('pre', { class: 'content' }, fn.documentation));
  }
  const docs = builtins.get(details.builtin ?? '');
  if (docs) add('Documentation', ...prose(docs.doc));
  if (details.problem) add('Problem', problemView(details.problem, reveal));
  return view;
}
