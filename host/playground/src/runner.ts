// When to evaluate, and when only to parse: at once when asked to, a moment after the last key otherwise.
import type { Check } from '@vixen/host';
import type { Client } from './client.ts';
import { absolute } from './state/paths.ts';
import type { Workspace } from './state/workspace.ts';

// Milliseconds without a key.
const checkDelay = 120;
const evaluateDelay = 350;

export interface RunnerOptions {
  client: Client;
  workspace: Workspace;
  /** Whether to evaluate without being asked. */
  isLive: () => boolean;
  /** What parsing the file that is shown has found. */
  checked: (check: Check) => void;
}

export class Runner {
  readonly #options: RunnerOptions;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #evaluateTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** The text has changed. */
  edited() {
    this.#forget();
    this.#checkTimer = setTimeout(() => void this.#check(), checkDelay);
    if (this.#options.isLive()) this.#evaluateTimer = setTimeout(() => this.evaluate({ isLive: true }), evaluateDelay);
  }

  /** Evaluates the file that is shown, now. `isLive`: nobody has asked for it. */
  evaluate({ isLive = false } = {}) {
    this.#forget();
    const { client, workspace } = this.#options;
    void client.evaluate(absolute(workspace.active), { isLive });
  }

  cancel() {
    this.#forget();
    this.#options.client.cancel();
  }

  #forget() {
    clearTimeout(this.#checkTimer);
    clearTimeout(this.#evaluateTimer);
  }

  async #check() {
    const { client, workspace, checked } = this.#options;
    const { active } = workspace;
    const text = workspace.read(active);
    if (typeof text !== 'string') return;
    const check = await client.call('check', { path: absolute(active), text }).catch(() => undefined);
    // Another text by now: its own check follows.
    if (check && workspace.active === active && workspace.read(active) === text) checked(check);
  }
}
