// How the evaluation stands: one line that screen readers hear, and the error where there is one.
import type { Client, Outcome } from '../client.ts';
import { el } from '../dom.ts';
import type { Usage } from '../protocol.ts';
import { problemView } from './problem-view.ts';

const mebibyte = 1024 * 1024;
// Shorter evaluations do not flicker.
const patience = 150;

export function shownTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export const shownUsage = ({ milliseconds, memory }: Usage) => `${shownTime(milliseconds)}, ${Math.round(memory / mebibyte)} MiB`;

export class OutcomeView {
  readonly status = el('p', { class: 'status', attrs: { role: 'status', 'aria-live': 'polite' } }, 'Loading…');
  readonly problem = el('div', { class: 'outcome', attrs: { role: 'region', 'aria-label': 'Error', hidden: true, tabindex: 0 } });
  readonly #client: Client;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `running` shows whether there is something to cancel. */
  constructor(client: Client, running: (isRunning: boolean) => void) {
    this.#client = client;
    client.on('begun', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.#say('Evaluating…');
        running(true);
      }, patience);
    });
    client.on('progress', (usage) => this.#say(`Evaluating… ${shownUsage(usage)}`, false));
    client.on('ended', (outcome) => {
      clearTimeout(this.#timer);
      running(false);
      this.#show(outcome);
    });
  }

  #show(outcome: Outcome) {
    const failed = 'problem' in outcome;
    this.problem.hidden = !failed;
    this.problem.replaceChildren();
    if (!failed) return this.#say(`${outcome.value.type}: ${shownUsage(outcome.value.usage)}`);
    this.problem.append(problemView(outcome.problem, (place) => this.#client.emit('reveal', place)));
    this.#say(`Error: ${outcome.problem.message}`);
  }

  /** What changes five times a second is shown, not read out. */
  #say(text: string, aloud = true) {
    this.status.setAttribute('aria-live', aloud ? 'polite' : 'off');
    this.status.textContent = text;
  }
}
