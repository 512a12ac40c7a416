/** Strings as attribute names. */
import { strBytes, strLen } from '../value/layout';
import { symbolIntern } from '../value/symbols';

/**
 * The symbol of a string, interned if it is new: Nix interns what `hasAttr` and its kin are given, and the order of
 * interning shows.
 */
export function symbolOfString(s: usize): u32 {
  return symbolIntern(strBytes(s), strLen(s));
}
