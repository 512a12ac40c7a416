/**
 * The sort of `builtins.sort`: a peeksort with Nix's cut-off, since what a comparator that is no order makes of a list
 * shows (J. Ian Munro, Sebastian Wild, "Nearly-Optimal Mergesorts", ESA 2018; Nix 2.34.8, sort.hh).
 *
 * It is a coroutine: `peeksortStep` runs until it must know whether one element is less than another, names the two, and goes
 * on with the answer, so that the comparator may be a function of the language.
 *
 *   state (BYTES): | phase | begin | end | left run end | right run begin | i | j | k | x | y | tasks | task … |
 *   task: | kind | begin | end or middle | left run end or end | right run begin |
 */
import { mkBytes } from '../value/layout';

const enum Phase {
  Next = 0,
  Insert,
  Merge,
  Middle,
  Suffix,
  Prefix,
}
const enum Task {
  Sort = 0,
  Merge,
}

const PHASE: usize = 4;
const BEGIN: usize = 8;
const END: usize = 12;
const LEFT: usize = 16;
const RIGHT: usize = 20;
const I: usize = 24;
const J: usize = 28;
const K: usize = 32;
const X: usize = 36;
const Y: usize = 40;
/** 1 while the run in the middle rises. */
const RISING: usize = 44;
const TASKS: usize = 48;
const HEAD: usize = 52;
const TASK_BYTES: usize = 20;
const INSERTION_LIMIT: u32 = 16;
/** Two levels halve a range at least, and a level leaves at most two tasks behind. */
const MANY_TASKS: u32 = 136;

/** The state of a sort of `n` elements. */
export function peeksortNew(n: u32): usize {
  const tasks: u32 = n <= INSERTION_LIMIT ? 2 : MANY_TASKS;
  const s = mkBytes(HEAD - 4 + <usize>tasks * TASK_BYTES);
  store<u32>(s, Phase.Next, PHASE);
  store<u32>(s, 0, TASKS);
  if (n > 1) pushTask(s, Task.Sort, 0, n, 0, n);
  return s;
}
/** The element that the sort asks about: is element `x` less than element `y`? In a merge, `y` is in the buffer, and so is `x`. */
// @ts-ignore: decorator
@inline
export function peeksortLeft(s: usize, work: usize, buffer: usize): usize {
  return element(load<u32>(s, PHASE) == Phase.Merge ? buffer : work, load<u32>(s, X));
}
// @ts-ignore: decorator
@inline
export function peeksortRight(s: usize, work: usize, buffer: usize): usize {
  return element(load<u32>(s, PHASE) == Phase.Merge ? buffer : work, load<u32>(s, Y));
}

// @ts-ignore: decorator
@inline
function element(cells: usize, i: u32): usize {
  return <usize>load<u32>(cells + ((<usize>i) << 2), 4);
}
// @ts-ignore: decorator
@inline
function setElement(cells: usize, i: u32, v: usize): void {
  store<u32>(cells + ((<usize>i) << 2), <u32>v, 4);
}
function pushTask(s: usize, kind: Task, begin: u32, b: u32, c: u32, d: u32): void {
  const n = load<u32>(s, TASKS);
  const at = s + HEAD + <usize>n * TASK_BYTES;
  store<u32>(at, kind);
  store<u32>(at, begin, 4);
  store<u32>(at, b, 8);
  store<u32>(at, c, 12);
  store<u32>(at, d, 16);
  store<u32>(s, n + 1, TASKS);
}
/** Asks: is element `x` less than element `y`? */
function ask(s: usize, phase: Phase, x: u32, y: u32): bool {
  store<u32>(s, phase, PHASE);
  store<u32>(s, x, X);
  store<u32>(s, y, Y);
  return true;
}

/**
 * Goes on with the answer to the last question (anything at the start). Returns whether there is another question; if not,
 * `work` is sorted. `buffer` has as many cells as `work`.
 */
export function peeksortStep(s: usize, work: usize, buffer: usize, answer: bool): bool {
  switch (load<u32>(s, PHASE)) {
    case Phase.Insert:
      if (insertOn(s, work, answer)) return true;
      break;
    case Phase.Merge:
      if (mergeOn(s, work, buffer, answer)) return true;
      break;
    case Phase.Middle:
      store<u32>(s, u32(!answer), RISING);
      store<u32>(s, load<u32>(s, I), J);
      if (suffixOn(s, work, load<u32>(s, I))) return true;
      break;
    case Phase.Suffix:
      if (answer != <bool>load<u32>(s, RISING)) {
        if (suffixOn(s, work, load<u32>(s, I) - 1)) return true;
      } else if (suffixDone(s, work)) return true;
      break;
    case Phase.Prefix:
      if (answer != <bool>load<u32>(s, RISING)) {
        if (prefixOn(s, work, load<u32>(s, J) + 1)) return true;
      } else runsFound(s, work);
      break;
  }
  while (load<u32>(s, TASKS)) if (nextTask(s, work, buffer)) return true;
  return false;
}

/** Starts the task on top; whether it asks something. */
function nextTask(s: usize, work: usize, buffer: usize): bool {
  const n = load<u32>(s, TASKS) - 1;
  store<u32>(s, n, TASKS);
  const at = s + HEAD + <usize>n * TASK_BYTES;
  const begin = load<u32>(at, 4);
  if (load<u32>(at) == Task.Merge) return mergeBegin(s, work, buffer, begin, load<u32>(at, 8), load<u32>(at, 12));
  return sortBegin(s, work, begin, load<u32>(at, 8), load<u32>(at, 12), load<u32>(at, 16));
}

/** Sorts a range whose first run ends at `left` and whose last begins at `right`. */
function sortBegin(s: usize, work: usize, begin: u32, end: u32, left: u32, right: u32): bool {
  if (left == end || right == begin) return false;
  const length = end - begin;
  if (length <= INSERTION_LIMIT) {
    if (length < 2) return false;
    store<u32>(s, begin, BEGIN);
    store<u32>(s, end, END);
    store<u32>(s, begin + 1, I);
    return ask(s, Phase.Insert, begin + 1, begin);
  }
  const middle = begin + (length >>> 1);
  if (middle <= left) {
    pushTask(s, Task.Merge, begin, left, end, 0);
    pushTask(s, Task.Sort, left, end, left + 1, right);
    return false;
  }
  if (middle >= right) {
    pushTask(s, Task.Merge, begin, right, end, 0);
    pushTask(s, Task.Sort, begin, right, left, right - 1);
    return false;
  }
  store<u32>(s, begin, BEGIN);
  store<u32>(s, end, END);
  store<u32>(s, left, LEFT);
  store<u32>(s, right, RIGHT);
  store<u32>(s, middle, I);
  store<u32>(s, middle, K);
  return ask(s, Phase.Middle, middle, middle - 1);
}

// ---- the run in the middle: I goes down from it, J goes up

function suffixOn(s: usize, work: usize, i: u32): bool {
  store<u32>(s, i, I);
  const left = load<u32>(s, LEFT);
  if (i > left && i - 1 > left) return ask(s, Phase.Suffix, i - 1, i - 2);
  return suffixDone(s, work);
}
function suffixDone(s: usize, work: usize): bool {
  const i = load<u32>(s, I);
  if (i != load<u32>(s, LEFT)) store<u32>(s, i - 1, I);
  return prefixOn(s, work, load<u32>(s, K) - 1);
}
/** `j` is the last element known to be in the run. */
function prefixOn(s: usize, work: usize, j: u32): bool {
  store<u32>(s, j, J);
  if (j + 1 != load<u32>(s, RIGHT)) return ask(s, Phase.Prefix, j + 1, j);
  runsFound(s, work);
  return false;
}
function runsFound(s: usize, work: usize): void {
  const begin = load<u32>(s, BEGIN);
  const end = load<u32>(s, END);
  const left = load<u32>(s, LEFT);
  const right = load<u32>(s, RIGHT);
  const middle = load<u32>(s, K);
  const i = load<u32>(s, I);
  const j = load<u32>(s, J) + 1;
  if (!load<u32>(s, RISING)) reverse(work, i, j);
  if (i == begin && j == end) return;
  if (middle - i < j - middle) {
    pushTask(s, Task.Merge, begin, i, end, 0);
    pushTask(s, Task.Sort, i, end, j, right);
    pushTask(s, Task.Sort, begin, i, left, i - 1);
  } else {
    pushTask(s, Task.Merge, begin, j, end, 0);
    pushTask(s, Task.Sort, j, end, j + 1, right);
    pushTask(s, Task.Sort, begin, j, left, i);
  }
}
function reverse(work: usize, i: u32, j: u32): void {
  while (i + 1 < j) {
    j--;
    const t = element(work, i);
    setElement(work, i, element(work, j));
    setElement(work, j, t);
    i++;
  }
}

// ---- insertion: I is the element that is inserted, X where it stands now

function insertOn(s: usize, work: usize, less: bool): bool {
  const begin = load<u32>(s, BEGIN);
  if (less) {
    const x = load<u32>(s, X);
    const t = element(work, x);
    setElement(work, x, element(work, x - 1));
    setElement(work, x - 1, t);
    if (x - 1 != begin) return ask(s, Phase.Insert, x - 1, x - 2);
  }
  const i = load<u32>(s, I) + 1;
  store<u32>(s, i, I);
  return i != load<u32>(s, END) && ask(s, Phase.Insert, i, i - 1);
}

// ---- merging: I and J run through the halves in the buffer, K through the result

function mergeBegin(s: usize, work: usize, buffer: usize, begin: u32, middle: u32, end: u32): bool {
  if (begin == middle || middle == end) return false;
  memory.copy(buffer + 4 + ((<usize>begin) << 2), work + 4 + ((<usize>begin) << 2), (<usize>(end - begin)) << 2);
  store<u32>(s, middle, LEFT);
  store<u32>(s, end, END);
  store<u32>(s, begin, I);
  store<u32>(s, middle, J);
  store<u32>(s, begin, K);
  return ask(s, Phase.Merge, middle, begin);
}
function mergeOn(s: usize, work: usize, buffer: usize, rightLess: bool): bool {
  let i = load<u32>(s, I);
  let j = load<u32>(s, J);
  const k = load<u32>(s, K);
  const middle = load<u32>(s, LEFT);
  const end = load<u32>(s, END);
  setElement(work, k, element(buffer, rightLess ? j++ : i++));
  store<u32>(s, i, I);
  store<u32>(s, j, J);
  store<u32>(s, k + 1, K);
  if (i != middle && j != end) return ask(s, Phase.Merge, j, i);
  // one of the halves is used up; its rest is empty
  const rest = i != middle ? i : j;
  const count = i != middle ? middle - i : end - j;
  memory.copy(work + 4 + ((<usize>(k + 1)) << 2), buffer + 4 + ((<usize>rest) << 2), (<usize>count) << 2);
  return false;
}
