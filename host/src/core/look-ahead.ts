// Looking ahead: while evaluation waits for a build (import from derivation), what comes after it is evaluated as far as it goes, so that the builds that it
// needs run meanwhile. It stops before anything that can be seen from outside, and comes to nothing but values that are found there when their turn comes:
// messages, errors and results are those of an evaluation that waits.
import { type Answer, type Evaluator, Req, type Request } from '@vixen/eval-core';

/** Evaluates something whose turn has not come yet. */
export type Look = () => Promise<unknown>;

type Answerer = (request: Request) => Answer | Promise<Answer>;

/** How a look's jobs are driven. */
export interface LookDrive {
  readonly answer: Answerer;
  readonly signal: AbortSignal;
  readonly pause: () => Promise<void>;
}

/** What is there already is answered sooner; milliseconds. */
const patience = 20;

/** Said, done or fetched only when the turn comes. */
const effects = new Set<number>([Req.Message, Req.Fetch, Req.Flake, Req.Exec, Req.Debug, Req.ResolveSearchPath]);

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const never = new Promise<never>(() => {});
const ignore = () => {};

/** A promise that is kept when another one has ended, well or badly. */
const ended = (promise: Promise<unknown>): Promise<void> => promise.then(ignore, ignore);

async function endsSoon(promise: Promise<unknown>): Promise<boolean> {
  let late = false;
  await Promise.race([ended(promise), sleep(patience).then(() => (late = true))]);
  return !late;
}

export class LookAhead {
  readonly #machine: Evaluator;
  readonly #answer: Answerer;
  /** What comes later, in its order; the innermost list last. */
  readonly #lists: Look[][] = [];
  #drive: LookDrive | undefined;

  constructor(machine: Evaluator, answer: Answerer) {
    this.#machine = machine;
    this.#answer = answer;
  }

  /** How jobs are driven now, where they only look ahead. */
  get drive(): LookDrive | undefined {
    return this.#drive;
  }

  /** Works on items one after the other; meanwhile the later ones may be looked at. */
  async inTurn<T>(
    items: readonly T[],
    look: (item: T) => Promise<unknown>,
    work: (item: T, index: number) => Promise<void>,
  ): Promise<void> {
    const later = items.map((item) => () => look(item));
    this.#lists.push(later);
    try {
      for (const [index, item] of items.entries()) {
        later.shift();
        await work(item, index);
      }
    } finally {
      this.#lists.splice(this.#lists.indexOf(later), 1);
    }
  }

  /** Answers a request; where it waits for a build, after looking ahead. */
  answer(request: Request): Answer | Promise<Answer> {
    const { kind } = request;
    const given = this.#answer(request);
    return kind === Req.Realise && given instanceof Promise ? this.#meanwhile(given) : given;
  }

  async #meanwhile(given: Promise<Answer>): Promise<Answer> {
    const looks = this.#lists.toReversed().flat();
    if (looks.length === 0 || (await endsSoon(given))) return given;
    await this.#machine.aside(() => this.#lookAt(looks, ended(given)), { ahead: true });
    return given;
  }

  /** Looks at everything once, and again at what waited for a build when that has ended. */
  async #lookAt(looks: readonly Look[], end: Promise<void>): Promise<void> {
    const over = new AbortController();
    void end.then(() => over.abort());
    const waiting = new Map<Look, Promise<void>>();
    for (let open = [...looks]; open.length > 0; ) {
      for (const look of open) {
        const found = over.signal.aborted ? undefined : await this.#look(look, over.signal);
        if (found) waiting.set(look, found.build);
      }
      open = [];
      const again = (look: Look) => () => {
        if (waiting.delete(look)) open.push(look);
      };
      await Promise.race([end, ...[...waiting].map(([look, build]) => build.then(again(look)))]);
      if (over.signal.aborted) return;
    }
  }

  /** Looks until it is done, until it fails, or until it has to wait: answers what for. */
  async #look(look: Look, over: AbortSignal): Promise<{ readonly build: Promise<void> } | undefined> {
    const stop = new AbortController();
    let build: Promise<void> | undefined;
    const leave = (): Promise<never> => {
      stop.abort();
      return never;
    };
    const answer = (request: Request) => {
      if (effects.has(request.kind)) return leave();
      const { kind } = request;
      const given = this.#answer(request);
      if (kind !== Req.Realise || !(given instanceof Promise)) return given;
      return endsSoon(given).then((there) => {
        if (there) return given;
        build = ended(given);
        return leave();
      });
    };
    this.#drive = { answer, signal: AbortSignal.any([over, stop.signal]), pause: () => sleep(0) };
    try {
      await look();
    } catch {
      // Whoever's turn it is will meet it again, and tell it.
    } finally {
      this.#drive = undefined;
    }
    return build && { build };
  }
}
