/**
 * Derivations that are known: their modulo hash, by the symbol of the store path (Nix manual, "Derivation", "Hash
 * derivation modulo"). Kept for ever: what has been instantiated or read once is not looked at again.
 *
 *   | modulo hash, 32 bytes | deferred | count | output symbol × count |
 */
import { permAlloc } from '../heap/pages';
import { tableGet, tableSet } from './table';

const KNOWN: usize = memory.data(12, 4);
const HEAD: usize = 40;

/** The record of a derivation, or 0. */
export function knownGet(drv: u32): usize {
  return <usize>tableGet(KNOWN, drv);
}
/** Remembers a derivation; its outputs (symbols) are at `outputs`. */
export function knownAdd(drv: u32, digest: usize, deferred: bool, outputs: usize, count: u32): usize {
  const r = permAlloc(HEAD + ((<usize>count) << 2));
  memory.copy(r, digest, 32);
  store<u32>(r, <u32>deferred, 32);
  store<u32>(r, count, 36);
  memory.copy(r + HEAD, outputs, (<usize>count) << 2);
  tableSet(KNOWN, drv, <u32>r);
  return r;
}
/** Whether the paths of what depends on it cannot be known. */
// @ts-ignore: decorator
@inline
export function knownDeferred(r: usize): bool {
  return load<u32>(r, 32) != 0;
}
export function knownHasOutput(r: usize, output: u32): bool {
  const n = load<u32>(r, 36);
  for (let i: u32 = 0; i < n; i++) if (load<u32>(r + ((<usize>i) << 2), HEAD) == output) return true;
  return false;
}
