// An error with its trace: each place is a button that shows it in the editor.
import type { Place, Problem, TraceLine, Warning } from '@vixen/host';
import { button, el } from '../dom.ts';
import { nameOf } from '../state/paths.ts';

export type Reveal = (place: Place) => void;

const mostLines = 50;
const longest = 4000;
const limits = new Set(['time-limit', 'memory-limit']);

const shown = ({ file, line, column }: Place) => `${nameOf(file) ?? file}:${line}:${column}`;

function placeView(place: Place | undefined, reveal: Reveal): (Node | string)[] {
  if (!place) return [];
  if (nameOf(place.file) === undefined) return [' ', el('span', { class: 'place' }, shown(place))];
  return [' ', button(shown(place), () => reveal(place), { class: 'place link', attrs: { title: 'Show in the editor' } })];
}

const traceView = ({ message, place }: TraceLine, reveal: Reveal) => el('li', {}, `… ${shortened(message)}`, ...placeView(place, reveal));

/** The beginning of what is too long to be read. */
const shortened = (text: string) => (text.length > longest ? `${text.slice(0, longest)}…` : text);

const heading = (severity: string, { message, place }: Warning, reveal: Reveal) =>
  el('p', { class: 'problem-message' }, el('strong', {}, `${severity}: `), shortened(message), ...placeView(place, reveal));

export const warningView = (warning: Warning, reveal: Reveal): HTMLElement =>
  el('div', { class: 'problem warning' }, heading('warning', warning, reveal));

/** The message first, then the trace, innermost first. */
export function problemView(problem: Problem, reveal: Reveal): HTMLElement {
  const view = el('div', { class: 'problem error' }, heading('error', problem, reveal));
  if (problem.suggestions.length > 0) view.append(el('p', { class: 'note' }, `Did you mean ${problem.suggestions.join(', ')}?`));
  if (limits.has(problem.kind))
    view.append(el('p', { class: 'note' }, 'Either this has no end, or the limit is too low: limits are in Settings.'));
  if (problem.trace.length > 0) {
    const lines = [...problem.trace].reverse().slice(0, mostLines);
    const more = problem.trace.length + (problem.omitted ?? 0) - lines.length;
    view.append(el('ol', { class: 'trace', attrs: { 'aria-label': 'Trace' } }, ...lines.map((line) => traceView(line, reveal))));
    if (more > 0) view.append(el('p', { class: 'note' }, `and ${more} more`));
  }
  return view;
}
