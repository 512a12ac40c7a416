// How the evaluation stands: one line that screen readers hear, and the error where there is one.
import type { Evaluation } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';
import { el } from '../dom.ts';
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

function shownEvaluation({ value, statistics: { elapsed, memory } }: Evaluation): string {
  const type = value.derivation === undefined ? types[value.type ?? ''] : 'a derivation';
  return `${type ?? 'a value'}, ${shownTime(elapsed)}, ${Math.round(memory / mebibyte)} MiB`;
}

export class OutcomeView {
  readonly status = el('p', { class: 'status', attrs: { role: 'status' } }, 'Loading…');
  readonly problem = el('div', { class: 'outcome', attrs: { role: 'region', 'aria-label': 'Error', hidden: true, tabindex: 0 } });
  readonly #client: Client;
  readonly #running: (isRunning: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #begun = 0;

  /** `running` shows whether there is something to cancel. */
  constructor(client: Client, running: (isRunning: boolean) => void) {
    this.#client = client;
    this.#running = running;
    client.on('begun', () => {
      this.#begun = performance.now();
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#wait(), patience);
    });
    client.on('ended', (outcome) => {
      clearTimeout(this.#timer);
      running(false);
      this.#show(outcome);
    });
  }

  /** What changes twice a second is shown, and read out only at first. */
  #wait() {
    const elapsed = performance.now() - this.#begun;
    this.#running(true);
    this.#say(elapsed < 1000 ? 'Evaluating…' : `Evaluating… ${shownTime(elapsed)}`, elapsed < 1000);
    this.#timer = setTimeout(() => this.#wait(), rhythm);
  }

  #show(outcome: Outcome) {
    const hasFailed = 'problem' in outcome;
    this.problem.hidden = !hasFailed;
    this.problem.replaceChildren();
    if (!hasFailed) return this.#say(shownEvaluation(outcome.evaluation));
    this.problem.append(problemView(outcome.problem, (place) => this.#client.emit('reveal', place)));
    this.#say(`Error: ${outcome.problem.message.slice(0, mostAloud)}`);
  }

  #say(text: string, aloud = true) {
    this.status.setAttribute('aria-live', aloud ? 'polite' : 'off');
    this.status.textContent = text;
  }
}
