// Carries out copies from substituters.
import { type CopyEvent, type Realisation, type Store, StoreError } from '@vixen/store';
import type { CoordinatorEvent, Effect } from '../../core/coordinator/events.ts';
import type { ProgressEvent } from '../../core/coordinator/progress.ts';
import type { Substituters } from './substituters.ts';

export class Copies {
  readonly #store: Store;
  readonly #substituters: Substituters;
  readonly #tell: (event: ProgressEvent) => void;
  /** By path: what is registered when that has arrived. */
  readonly #realisations = new Map<string, Realisation[]>();

  constructor(store: Store, substituters: Substituters, tell: (event: ProgressEvent) => void) {
    this.#store = store;
    this.#substituters = substituters;
    this.#tell = tell;
  }

  expectRealisation(realisation: Realisation) {
    this.#realisations.set(realisation.outPath, [...(this.#realisations.get(realisation.outPath) ?? []), realisation]);
  }

  async copy({ goal, path, substituter, repair }: Extract<Effect, { type: 'copy' }>, signal: AbortSignal): Promise<CoordinatorEvent> {
    const from = await this.#substituters.url(substituter);
    let bytes = 0;
    let started = false;
    // What has no signature is refused before a byte of it is read: then nothing is said of a copy.
    const onEvent = (event: CopyEvent) => {
      if (event.type !== 'progress' && event.type !== 'done') return;
      if (!started) this.#tell({ type: 'copy-started', path, from, to: this.#store.url, narSize: event.info.narSize });
      started = true;
      if (event.type !== 'progress') return;
      bytes += event.bytes;
      this.#tell({ type: 'copy-progress', path, bytes });
    };
    try {
      await this.#substituters.copy(substituter, this.#store, path, { repair, signal, onEvent });
      for (const realisation of this.#realisations.get(path) ?? []) await this.#store.realisations?.put(realisation);
      this.#tell({ type: 'copy-ended', path });
      return { type: 'copied', goal };
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (started) this.#tell({ type: 'copy-ended', path, failure });
      signal.throwIfAborted();
      return this.#failed(goal, path, from, error);
    }
  }

  #failed(goal: number, path: string, from: string, error: unknown): CoordinatorEvent {
    const ignored = error instanceof StoreError && error.code === 'untrusted';
    if (ignored) {
      const text = `ignoring substitute for '\x0e${path}\x0f' from '\x0e${from}\x0f', as it's not signed by any of the keys in 'trusted-public-keys'`;
      this.#tell({ type: 'message', level: 'warn', text });
    } else {
      this.#tell({ type: 'message', level: 'error', text: error instanceof Error ? error.message : String(error) });
    }
    return { type: 'copy-failed', goal, ignored };
  }
}
