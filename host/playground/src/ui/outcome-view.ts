// How the evaluation stands: one line that screen readers hear, and the error where there is one.
import type { Evaluation } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { button, el } from '../dom.ts';
import { problemView } from './problem-view.ts';

const mebibyte = 2 ** 20;
// Milliseconds: shorter evaluations do not flicker.
const patience = 150;
const rhythm = 500;
// Characters of an error that are read out.
const mostAloud = 300;

export function shownTime(milliseconds: number): string {
  if (milliseconds < 1) return 'under 1 ms';
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

const types: Record<string, string> = {
  int: 'an integer',
  float: 'a float',
  bool: 'a Boolean',
  null: 'null',
  string: 'a string',
  path: 'a path',
  list: 'a list',
  set: 'a set',
  function: 'a function',
  builtin: 'a builtin',
};

const shownType = ({ value }: Evaluation) => (value.derivation === undefined ? types[value.type ?? ''] : 'a derivation') ?? 'a value';

const shownCost = ({ statistics: { elapsed, memory } }: Evaluation) => `${shownTime(elapsed)}, ${Math.round(memory / mebibyte)} MiB`;

export class OutcomeView {
  readonly #status = el('span', { attrs: { role: 'status' } }, 'Loading…');
  /** What changes with each evaluation, or while it runs, is shown, but not read out. */
  readonly #cost = el('span', { class: 'cost' });
  readonly #cancel: HTMLButtonElement;
  readonly status: HTMLElement;
  readonly problem = el('div', { class: 'outcome', attrs: { role: 'region', 'aria-label': 'Error', hidden: true, tabindex: 0 } });
  readonly #client: Client;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #begun = 0;

  /** `cancel` stops what runs. */
  constructor(client: Client, cancel: () => void) {
    this.#client = client;
    this.#cancel = button('Cancel', cancel, { class: 'danger', attrs: { hidden: true } });
    this.status = el('div', { class: 'status' }, this.#status, this.#cost, this.#cancel);
    client.on('begun', () => {
      this.#begun = performance.now();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#wait(), patience);
    });
    client.on('ended', (outcome) => {
      clearTimeout(this.#timer);
      this.#show(outcome);
    });
    let busyTimer: ReturnType<typeof setTimeout> | undefined;
    client.on('busy', (isBusy) => {
      clearTimeout(busyTimer);
      if (!isBusy) this.#cancel.hidden = true;
      else {
        busyTimer = setTimeout(() => {
          this.#cancel.hidden = false;
        }, patience);
      }
    });
  }

  #wait() {
    const elapsed = performance.now() - this.#begun;
    const waiting = this.#client.questions.state;
    this.#say(waiting ?? 'Evaluating…', waiting !== undefined || elapsed < 1000 ? '' : shownTime(elapsed));
    this.#timer = setTimeout(() => this.#wait(), rhythm);
  }

  #show(outcome: Outcome) {
    const hasFailed = 'problem' in outcome;
    this.problem.hidden = !hasFailed;
    this.problem.replaceChildren();
    if (!hasFailed) return this.#say(shownType(outcome.evaluation), shownCost(outcome.evaluation));
    this.problem.append(problemView(outcome.problem, (place) => this.#client.emit('reveal', place)));
    this.#say(`Error: ${outcome.problem.message.slice(0, mostAloud)}`);
  }

  #say(text: string, cost = '') {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#cost.textContent = cost;
  }
}
