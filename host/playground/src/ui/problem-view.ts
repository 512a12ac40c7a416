// An error with its trace: each place is a button that shows it in the editor.
import { button, el } from '../dom.ts';
import type { Frame, Problem, SourcePlace } from '../protocol.ts';
import { nameOf } from '../state/paths.ts';

type Reveal = (place: SourcePlace) => void;

const shown = (place: SourcePlace) => `${nameOf(place.path) ?? place.path}:${place.line}:${place.column}`;

function placeView(place: SourcePlace | undefined, reveal: Reveal): (Node | string)[] {
  if (!place) return [];
  if (nameOf(place.path) === undefined) return [' ', el('span', { class: 'place' }, shown(place))];
  return [' ', button(shown(place), () => reveal(place), { class: 'place link', attrs: { title: 'Show in the editor' } })];
}

const frameView = ({ message, place }: Frame, reveal: Reveal) => el('li', {}, `… ${message}`, ...placeView(place, reveal));

/** The heading is the message; frames stand below, innermost first, calls of functions among them. */
export function problemView(problem: Problem, reveal: Reveal): HTMLElement {
  const heading = el(
    'p',
    { class: 'problem-message' },
    el('strong', {}, `${problem.severity}: `),
    problem.message,
    ...placeView(problem.place, reveal),
  );
  const view = el('div', { class: `problem ${problem.severity}` }, heading);
  if (problem.frames.length > 0) {
    const frames = [...problem.frames].reverse().slice(0, mostFrames);
    const more = problem.frames.length - frames.length;
    view.append(el('ol', { class: 'trace', attrs: { 'aria-label': 'Trace' } }, ...frames.map((frame) => frameView(frame, reveal))));
    if (more > 0) view.append(el('p', { class: 'note' }, `and ${more} more`));
  }
  return view;
}

const mostFrames = 50;
