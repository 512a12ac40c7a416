// What is done with calls as the machine tells them: `--trace-function-calls` (libexpr/function-trace.cc) and `--eval-profiler flamegraph`
// (libexpr/eval-profiler.cc).
import { type CallEvent, Called, type Evaluator, showPosition } from '@vixen/eval-core';

export interface CallWatcher {
  /** Evaluations between two looks: 1 for exact times. */
  readonly fuel: number;
  /** Takes the calls of the slice that has ended. */
  observe(machine: Evaluator): void;
}

/** Writes a line for each call that begins or ends. Times are nanoseconds since 1970. */
export class FunctionTrace implements CallWatcher {
  readonly fuel = 1;
  readonly #write: (line: string) => void;
  readonly #now: () => bigint;
  readonly #open: string[] = [];

  constructor(write: (line: string) => void, now: () => bigint) {
    this.#write = write;
    this.#now = now;
  }

  observe(machine: Evaluator) {
    for (const { what, position } of machine.takeCalls()) {
      const ends = what === Called.End;
      const place = ends ? this.#open.pop()! : showPosition(machine.position(position));
      if (!ends) this.#open.push(place);
      this.#write(`function-trace ${ends ? 'exited' : 'entered'} ${place} at ${this.#now()}`);
    }
  }
}

/** Samples the stack of calls; gives them as folded stacks, a line for each with how often it was met. */
export class Profile implements CallWatcher {
  readonly fuel: number;
  readonly #period: number;
  readonly #now: () => number;
  readonly #stack: CallEvent[] = [];
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #last: number;

  /** `frequency`: samples a second; 0: one for each call. `now`: milliseconds. */
  constructor(frequency: number, now: () => number) {
    this.#period = frequency === 0 ? 0 : 1000 / frequency;
    this.fuel = frequency === 0 ? 1 : 500;
    this.#now = now;
    this.#last = now();
  }

  observe(machine: Evaluator) {
    for (const event of machine.takeCalls()) {
      if (event.what === Called.End) {
        this.#stack.pop();
        continue;
      }
      this.#stack.push(event);
      if (this.#period === 0) this.#sample(machine);
    }
    const now = this.#now();
    if (this.#period === 0 || this.#stack.length === 0 || now - this.#last < this.#period) return;
    this.#last = now;
    this.#sample(machine);
  }

  #sample(machine: Evaluator) {
    const line = this.#stack.map((event) => this.#name(machine, event)).join(';');
    this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
  }

  #name(machine: Evaluator, event: CallEvent): string {
    const key = `${event.what} ${event.position} ${event.which}`;
    const known = this.#names.get(key) ?? nameOf(machine, event);
    this.#names.set(key, known);
    return known;
  }

  /** The file: `frame;frame;frame count` a line. */
  text(): string {
    return [...this.#counts].map(([stack, count]) => `${stack} ${count}\n`).join('');
  }
}

/** How a frame is called in profiles. */
function nameOf(machine: Evaluator, { what, position, which }: CallEvent): string {
  const place = machine.position(position);
  const at = place && showPosition(place);
  if (what === Called.Function) {
    const { name, position: own } = machine.functionInfo(which);
    return `${at ?? showPosition(own)}${name === '' ? '' : `:${name}`}`;
  }
  if (what === Called.Functor) return `${at ?? showPosition(machine.position(which))}:functor`;
  const primop = what === Called.Derivation ? `derivationStrict:${machine.symbolText(which)}` : machine.builtinName(which);
  return `${at === undefined ? '' : `${at}:`}primop ${primop}`;
}
