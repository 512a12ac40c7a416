/** What a display writes to. */

export interface Output {
  /** Writes text as it is. */
  write(text: string): void;
  /** Whether colours are wanted. */
  readonly colours: boolean;
  /** Columns, where it is a terminal that lines can be drawn again on. */
  readonly columns?: (() => number) | undefined;
  readonly rows?: (() => number) | undefined;
}

/** How long builds took before, in seconds, by the derivation's name without its version. */
export interface Durations {
  get(name: string): number | undefined;
  put(name: string, seconds: number): void;
}
