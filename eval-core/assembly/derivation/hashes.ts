/** Hashes in derivations and fingerprints (builtins/hashText.ts reads and writes the text). */
import { HashAlgo, hashSize } from '../../../wasm/assembly/hash';
import { base16Encode } from '../../../wasm/assembly/base16';
import { nix32Encode, nix32EncodedLength } from '../../../wasm/assembly/nix32';
import { hashAlgoName, parseHash, parsedDigest } from '../builtins/hashText';
import { Err, msgArgLit, msgBegin, msgBytes, msgLit, raise } from '../diag/errors';
import { bufByte, bufLen, bufReserve, bufSetLen, bufStr, bytesAre } from '../heap/text';
import { Feature, featureEnabled } from '../settings';

export const NO_ALGO: i32 = -1;

/** The algorithm of a name, or NO_ALGO. */
export function algoOf(ptr: usize, len: u32): i32 {
  for (let algo: i32 = 0; algo <= HashAlgo.BLAKE3; algo++) if (bytesAre(ptr, len, hashAlgoName(algo))) return algo;
  return NO_ALGO;
}

/** Raises that an experimental feature is off, with a reason: a literal, bytes in it, a literal; none where the first is empty. Returns 0. */
export function failFeatureFor(name: string, before: string, ptr: usize, len: u32, after: string): usize {
  msgBegin();
  msgLit("experimental Nix feature '");
  msgArgLit(name);
  msgLit("' is disabled");
  if (before.length) {
    msgLit(' (');
    msgLit(before);
    msgBytes(ptr, len);
    msgLit(after);
    msgLit(')');
  }
  msgLit("; add '--extra-experimental-features ");
  msgArgLit(name);
  msgLit("' to enable it");
  return raise(Err.Feature);
}
/** Raises that an experimental feature is off. Returns 0. */
export function failFeature(name: string): usize {
  return failFeatureFor(name, '', 0, 0, '');
}
/** Whether a known algorithm may be used; BLAKE3 needs its feature. */
export function algoAllowed(algo: i32): bool {
  if (algo != HashAlgo.BLAKE3 || featureEnabled(Feature.Blake3Hashes)) return true;
  failFeature('blake3-hashes');
  return false;
}

/** Reads a hash in any form into `out` (64 bytes); the algorithm, or NO_ALGO after an error. */
export function readHash(ptr: usize, len: u32, known: i32, out: usize): i32 {
  const algo = parseHash(ptr, len, known);
  if (algo < 0) return NO_ALGO;
  memory.copy(out, parsedDigest(), hashSize(algo));
  return algo;
}

/** Appends a digest in base 16. */
export function bufHex(b: usize, digest: usize, size: u32): void {
  const at = bufReserve(b, size * 2);
  bufSetLen(b, bufLen(b) + base16Encode(digest, size, at));
}
/** Appends a digest in Nix's base 32. */
export function bufNix32(b: usize, digest: usize, size: u32): void {
  const at = bufReserve(b, nix32EncodedLength(size));
  bufSetLen(b, bufLen(b) + nix32Encode(digest, size, at));
}
/** Appends `algo:base 16`. */
export function bufHash(b: usize, algo: i32, digest: usize): void {
  bufStr(b, hashAlgoName(algo));
  bufByte(b, 0x3a);
  bufHex(b, digest, hashSize(algo));
}
