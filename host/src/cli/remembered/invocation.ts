// What the command line asks for, as the key of what is remembered of it; and the shortest way to an answer: where nothing has changed since a run that found
// everything done, its output is printed again. This is loaded before all else, so it imports next to nothing.
import fs from 'node:fs';
import path from 'node:path';
import { indexState } from '@vixen/store/index-state';
import { conditionsHold } from '../../node/remembered/conditions.ts';
import { type Done, type Remembered, readRemembered } from '../../node/remembered/records.ts';

declare const __VIXEN_BUNDLED__: boolean | undefined;

const bundled = typeof __VIXEN_BUNDLED__ !== 'undefined';

/** Another program may evaluate otherwise: its files, as they were written. */
const programFiles = ['vixen.cjs', 'packs.cjs', 'evaluator.js', 'realiser.js', 'vixen-eval.wasm'];

/** Variables that say how things are done; what else of the environment a program asks for is noted when it does. */
const relevant = /^(?:NIX|VIXEN|XDG)_|^(?:HOME|PWD|TMPDIR)$/;

function keyOf(program: string, args: readonly string[]): string {
  const files = programFiles.map((name) => {
    const stat = fs.statSync(path.join(import.meta.dirname, name), { throwIfNoEntry: false });
    return stat && [stat.ino, stat.size, stat.mtimeMs];
  });
  const env = Object.entries(process.env).filter(([name]) => relevant.test(name));
  return JSON.stringify([1, import.meta.dirname, files, process.arch, process.getuid?.(), process.cwd(), env.sort(), program, args]);
}

/** One run of the program. */
export class Invocation {
  readonly key: string;
  readonly args: readonly string[];
  /** What is remembered of the same, where it still holds. */
  readonly remembered: Remembered | undefined;

  constructor(program: string, args: readonly string[]) {
    this.key = keyOf(program, args);
    this.args = args;
    const found = readRemembered(this.key, process.env);
    this.remembered = found && conditionsHold(found.conditions, process.env) ? found : undefined;
  }

  /** What a run would print that does nothing, where this one is one. */
  get output(): string | undefined {
    const done = this.remembered?.done;
    return done && isStillDone(done) ? done.out : undefined;
  }
}

/** Links are compared first: the state of the index holds for the moment at which it is read. */
function isStillDone({ links, index, state }: Done): boolean {
  try {
    return links.every(([link, target]) => fs.readlinkSync(link) === target && fs.existsSync(target)) && indexState(index) === state;
  } catch {
    // A link that is none any more.
    return false;
  }
}

let current: Invocation | undefined;

/** This run, where it may be remembered. */
export const invocation = () => current;

/** Begins a run; answers what it prints, where that is all there is to do. */
export function begin(program: string, args: readonly string[]): string | undefined {
  if (!bundled) return undefined;
  try {
    current = new Invocation(program, args);
    return current.output;
  } catch {
    // A folder that is gone, a record of another form: the long way says what is wrong, if anything is.
    current = undefined;
    return undefined;
  }
}
