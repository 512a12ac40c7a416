/**
 * The derivation that is being computed: filled by strict.ts (or parse.ts, for one that is read), written by aterm.ts.
 * It is used within one step of the machine only, so it may hold references.
 *
 * Vectors are buffers of pairs of words (order.ts).
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { By, sortPairs, uniquePairs } from './order';
import { Element, elementDrv, elementInner, elementKind, elementOutput } from './elements';
import { contextCount, contextElement } from '../value/context';

/** What is known of the outputs; the same for all of them. */
export const enum Outputs {
  InputAddressed,
  /** content-addressed, the hash is known */
  Fixed,
  /** content-addressed, the hash is not known */
  Floating,
  /** input-addressed, but what it depends on is not known yet */
  Deferred,
  Impure,
}

/** output name, path or 0; sorted by name */
export const OUTPUTS: usize = memory.data(12, 4);
/** derivation, output; sorted by path, then name */
export const INPUTS: usize = memory.data(12, 4);
/** input derivations, 0 */
export const DRVS: usize = memory.data(12, 4);
/** input sources, 0 */
export const SOURCES: usize = memory.data(12, 4);
/** outputs of derivations that are outputs themselves: element, 0 */
export const DYNAMIC: usize = memory.data(12, 4);
/** the inner elements of DYNAMIC */
export const NODES: usize = memory.data(12, 4);
/** environment: name, string object; sorted by name, outputs left out */
export const ENV: usize = memory.data(12, 4);
/** arguments: string object, 0 */
export const ARGS: usize = memory.data(12, 4);
/** algorithm's digest of a fixed output */
export const DIGEST: usize = memory.data(64, 8);

const WORDS: usize = memory.data(32, 4);

export function draftReset(): void {
  bufReset(OUTPUTS);
  bufReset(INPUTS);
  bufReset(DRVS);
  bufReset(SOURCES);
  bufReset(DYNAMIC);
  bufReset(NODES);
  bufReset(ENV);
  bufReset(ARGS);
  memory.fill(WORDS, 0, 32);
  memory.fill(DIGEST, 0, 64);
}

// @ts-ignore: decorator
@inline
export function outputsKind(): Outputs {
  return load<u32>(WORDS);
}
export function setOutputsKind(kind: Outputs): void {
  store<u32>(WORDS, kind);
}
/** Method (store-path.ts) and algorithm of content-addressed outputs. */
export function outputMethod(): i32 {
  return load<i32>(WORDS, 4);
}
export function outputAlgo(): i32 {
  return load<i32>(WORDS, 8);
}
export function setOutputAddressing(method: i32, algo: i32): void {
  store<i32>(WORDS, method, 4);
  store<i32>(WORDS, algo, 8);
}
export function draftName(): usize {
  return <usize>load<u32>(WORDS, 12);
}
export function draftPlatform(): usize {
  return <usize>load<u32>(WORDS, 16);
}
export function draftBuilder(): usize {
  return <usize>load<u32>(WORDS, 20);
}
/** Whether the environment already has the outputs (a derivation that was read). */
export function draftRead(): bool {
  return load<u32>(WORDS, 24) != 0;
}
export function setDraftRead(): void {
  store<u32>(WORDS, 1, 24);
}
/** String objects: the name without `.drv`, the system, the builder. */
export function setDraftStrings(name: usize, platform: usize, builder: usize): void {
  store<u32>(WORDS, <u32>name, 12);
  store<u32>(WORDS, <u32>platform, 16);
  store<u32>(WORDS, <u32>builder, 20);
}

// ---- vectors of pairs

export function pairAdd(v: usize, a: u32, b: u32): void {
  const at = bufReserve(v, 8);
  store<u32>(at, a);
  store<u32>(at, b, 4);
  bufSetLen(v, bufLen(v) + 8);
}
// @ts-ignore: decorator
@inline
export function pairCount(v: usize): u32 {
  return bufLen(v) >>> 3;
}
// @ts-ignore: decorator
@inline
export function pairFirst(v: usize, i: u32): u32 {
  return load<u32>(bufData(v) + ((<usize>i) << 3));
}
// @ts-ignore: decorator
@inline
export function pairSecond(v: usize, i: u32): u32 {
  return load<u32>(bufData(v) + ((<usize>i) << 3), 4);
}
export function setPairSecond(v: usize, i: u32, b: u32): void {
  store<u32>(bufData(v) + ((<usize>i) << 3), b, 4);
}
/** Sorts by name and drops duplicates. */
export function pairsSort(v: usize): void {
  sortPairs(bufData(v), pairCount(v), By.Name);
  bufSetLen(v, uniquePairs(bufData(v), pairCount(v)) << 3);
}

/** Fills the inputs from a context in which no element is "deep" any more. */
export function draftInputs(context: usize): void {
  const n = contextCount(context);
  for (let i: u32 = 0; i < n; i++) inputAdd(contextElement(context, i));
  pairsSort(INPUTS);
  pairsSort(SOURCES);
  pairsSort(DYNAMIC);
  pairsSort(NODES);
  drvsFill();
}
/** Adds what one context element says. */
export function inputAdd(e: u32): void {
  if (elementKind(e) != Element.Output) {
    pairAdd(SOURCES, e, 0);
    return;
  }
  if (!elementInner(e)) {
    pairAdd(INPUTS, elementDrv(e), elementOutput(e));
    return;
  }
  pairAdd(DYNAMIC, e, 0);
  for (let inner = elementInner(e); inner; inner = elementInner(inner)) pairAdd(NODES, inner, 0);
}
/** Fills DRVS from the sorted inputs. */
export function drvsFill(): void {
  const n = pairCount(INPUTS);
  let last: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const drv = pairFirst(INPUTS, i);
    if (drv != last) pairAdd(DRVS, drv, 0);
    last = drv;
  }
  const dynamic = pairCount(DYNAMIC);
  if (!dynamic) return;
  for (let i: u32 = 0; i < dynamic; i++) pairAdd(DRVS, elementDrv(pairFirst(DYNAMIC, i)), 0);
  pairsSort(DRVS);
}
