// Listeners by the name of what they listen to.

/** `Events` maps names to what is said with them. */
export class Emitter<Events> {
  readonly #listeners = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Gives what ends the listening. */
  on<K extends keyof Events>(name: K, listener: (detail: Events[K]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  emit<K extends keyof Events>(name: K, detail: Events[K]) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) (listener as (detail: Events[K]) => void)(detail);
  }
}
