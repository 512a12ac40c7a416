/** Placeholders: what stands for a store path that is not known yet (Nix manual, "Derivation", "Placeholders"). */
import { compressHash } from '../../../wasm/assembly/compress-hash';
import { nix32Encode } from '../../../wasm/assembly/nix32';
import { sha256Digest as sha256 } from './digest';
import { bufByte, bufBytes, bufData, bufLen, bufReset, bufStr } from '../heap/text';
import { Feature, featureEnabled } from '../settings';
import { symbolBytes, symbolLen } from '../value/symbols';
import { elementDrv, elementInner, elementOutput } from './elements';
import { bufNix32, failFeature, failFeatureFor } from './hashes';
import { HASH_PART, NAME_BUF, outputName, storeNameOffset } from './store-path';

/** Length of a placeholder: a slash and 52 digits. */
export const PLACEHOLDER: u32 = 53;

const BUF: usize = memory.data(12, 4);
const DIGEST: usize = memory.data(32, 8);

function render(dst: usize): u32 {
  sha256(bufData(BUF), bufLen(BUF), DIGEST);
  store<u8>(dst, 0x2f);
  return 1 + nix32Encode(DIGEST, 32, dst + 1);
}

/** Writes the placeholder of a derivation's own output; returns its length. */
export function placeholderOfName(ptr: usize, len: u32, dst: usize): u32 {
  bufReset(BUF);
  bufStr(BUF, 'nix-output:');
  bufBytes(BUF, ptr, len);
  return render(dst);
}
export function placeholderOf(output: u32, dst: usize): u32 {
  return placeholderOfName(symbolBytes(output), symbolLen(output), dst);
}

function digestOfOutput(drv: u32, output: u32): void {
  const path = symbolBytes(drv);
  const offset = storeNameOffset();
  outputName(path + offset, symbolLen(drv) - offset - 4, output);
  bufReset(BUF);
  bufStr(BUF, 'nix-upstream-output:');
  bufBytes(BUF, path + offset - HASH_PART - 1, HASH_PART);
  bufByte(BUF, 0x3a);
  bufBytes(BUF, bufData(NAME_BUF), bufLen(NAME_BUF));
  sha256(bufData(BUF), bufLen(BUF), DIGEST);
}

/**
 * Writes the placeholder that others use for an output (an element `!output!…`); returns its length, 0 after an error.
 */
export function downstreamPlaceholder(e: u32, dst: usize): u32 {
  if (!featureEnabled(Feature.CaDerivations)) {
    failFeature('ca-derivations');
    return 0;
  }
  let depth: u32 = 0;
  for (let inner = elementInner(e); inner; inner = elementInner(inner)) depth++;
  if (depth && !featureEnabled(Feature.DynamicDerivations)) {
    const output = elementOutput(e);
    failFeatureFor('dynamic-derivations', "placeholder for unknown derivation output '", symbolBytes(output), symbolLen(output), "'");
    return 0;
  }
  for (let level = depth; ; level--) {
    let at = e;
    for (let i: u32 = 0; i < level; i++) at = elementInner(at);
    if (level == depth) digestOfOutput(elementDrv(at), elementOutput(at));
    else digestOfComputed(elementOutput(at));
    if (!level) break;
  }
  store<u8>(dst, 0x2f);
  return 1 + nix32Encode(DIGEST, 32, dst + 1);
}
function digestOfComputed(output: u32): void {
  const folded = memory.data(32, 8);
  compressHash(DIGEST, 32, folded, 20);
  bufReset(BUF);
  bufStr(BUF, 'nix-computed-output:');
  bufNix32(BUF, folded, 20);
  bufByte(BUF, 0x3a);
  bufBytes(BUF, symbolBytes(output), symbolLen(output));
  sha256(bufData(BUF), bufLen(BUF), DIGEST);
}
