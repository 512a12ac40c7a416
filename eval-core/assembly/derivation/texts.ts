/** Store paths of texts (`toFile`, derivations): the fingerprint has the references in its type. */
import { bufReset } from '../heap/text';
import { pairAdd, pairCount, pairFirst, pairsSort } from './draft';
import { fingerprintBegin, fingerprintReference, storePathMake } from './store-path';

/** References of the text at hand (symbols), as pairs with 0. */
export const REFERENCES: usize = memory.data(12, 4);

export function referencesBegin(): void {
  bufReset(REFERENCES);
}
export function referencesAdd(path: u32): void {
  pairAdd(REFERENCES, path, 0);
}
export function referencesSort(): void {
  pairsSort(REFERENCES);
}
/** The path of a text with this SHA-256 and REFERENCES; 0 after an error. */
export function textPath(digest: usize, name: usize, nameLen: u32): u32 {
  fingerprintBegin('text');
  const n = pairCount(REFERENCES);
  for (let i: u32 = 0; i < n; i++) fingerprintReference(pairFirst(REFERENCES, i));
  return storePathMake(digest, name, nameLen);
}
