/** Hashes as text, as `convertHash` and its kin read and write them (Nix 2.34.8, hash.cc). */
import { base16Decode, base16Encode, base16EncodedLength } from '../../../wasm/assembly/base16';
import { base64Decode, base64DecodedBound, base64Encode, base64EncodedLength } from '../../../wasm/assembly/base64';
import { HashAlgo, hashSize } from '../../../wasm/assembly/hash';
import { nix32Decode, nix32DecodedLength, nix32Digit, nix32Encode, nix32EncodedLength } from '../../../wasm/assembly/nix32';
import { Err, msgArgBytes, msgArgInt, msgArgLit, msgBegin, msgLit, raise } from '../diag/errors';
import { bytesAre, literalCopy } from '../heap/text';
import { Feature, featureEnabled } from '../settings';
import { allocString, strBytes } from '../value/layout';

export const enum HashFormat {
  Base16 = 0,
  Nix32,
  Base64,
  Sri,
}

/** The name of an algorithm. */
export function hashAlgoName(algo: u32): string {
  switch (algo) {
    case HashAlgo.MD5:
      return 'md5';
    case HashAlgo.SHA1:
      return 'sha1';
    case HashAlgo.SHA256:
      return 'sha256';
    case HashAlgo.SHA512:
      return 'sha512';
  }
  return 'blake3';
}

/** The algorithm of that name; -1 after an error. */
export function parseHashAlgo(ptr: usize, len: u32): i32 {
  for (let algo: i32 = 0; algo <= HashAlgo.BLAKE3; algo++) {
    if (!bytesAre(ptr, len, hashAlgoName(algo))) continue;
    if (algo != HashAlgo.BLAKE3 || featureEnabled(Feature.Blake3Hashes)) return algo;
    msgBegin();
    msgLit("experimental Nix feature '");
    msgArgLit('blake3-hashes');
    msgLit("' is disabled; add '--extra-experimental-features ");
    msgArgLit('blake3-hashes');
    msgLit("' to enable it");
    raise(Err.Feature);
    return -1;
  }
  msgBegin();
  msgLit("unknown hash algorithm '");
  msgArgBytes(ptr, len);
  msgLit("', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'");
  raise(Err.Usage);
  return -1;
}

/** The format of that name (`base32` is an old name of `nix32`); -1 after an error. */
export function parseHashFormat(ptr: usize, len: u32): i32 {
  if (bytesAre(ptr, len, 'base16')) return HashFormat.Base16;
  if (bytesAre(ptr, len, 'nix32') || bytesAre(ptr, len, 'base32')) return HashFormat.Nix32;
  if (bytesAre(ptr, len, 'base64')) return HashFormat.Base64;
  if (bytesAre(ptr, len, 'sri')) return HashFormat.Sri;
  msgBegin();
  msgLit("unknown hash format '");
  msgArgBytes(ptr, len);
  msgLit("', expect 'base16', 'base32', 'base64', or 'sri'");
  raise(Err.Usage);
  return -1;
}

function failHash(before: string, ptr: usize, len: u32, after: string): i32 {
  msgBegin();
  msgLit(before);
  msgArgBytes(ptr, len);
  msgLit(after);
  raise(Err.Plain);
  return -1;
}
function indexOf(ptr: usize, len: u32, c: u32): i32 {
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) == c) return <i32>i;
  return -1;
}

const DECODED: usize = memory.data(1024, 8);

/** The digest that the last `parseHash` has read. */
export function parsedDigest(): usize {
  return DECODED;
}

/** How the text of a digest is written, by its length; -1 after an error. */
function formatOf(ptr: usize, len: u32, algo: i32): i32 {
  const size = hashSize(algo);
  if (len == base16EncodedLength(size)) return HashFormat.Base16;
  if (len == nix32EncodedLength(size)) return HashFormat.Nix32;
  if (len == base64EncodedLength(size)) return HashFormat.Base64;
  msgBegin();
  msgLit("hash '");
  msgArgBytes(ptr, len);
  msgLit("' has wrong length for hash algorithm '");
  msgArgLit(hashAlgoName(algo));
  msgLit("'");
  raise(Err.Plain);
  return -1;
}

/** Decodes into DECODED. Text with a bad character counts as empty, as in Nix; a number that is too large is a byte longer. */
function decoded(ptr: usize, len: u32, format: i32): u32 {
  if (base64DecodedBound(len) > 1000) return 0;
  let n: i32 = 0;
  if (format == HashFormat.Base16) n = base16Decode(ptr, len, DECODED);
  else if (format == HashFormat.Nix32) {
    n = nix32Decode(ptr, len, DECODED);
    let good = n < 0;
    for (let i: u32 = 0; i < len && good; i++) good = nix32Digit(load<u8>(ptr + i)) >= 0;
    if (good) n = nix32DecodedLength(len) + 1;
  } else n = base64Decode(ptr, len, DECODED);
  return n < 0 ? 0 : n;
}
function encodingName(format: i32): string {
  switch (format) {
    case HashFormat.Base16:
      return 'base16';
    case HashFormat.Nix32:
      return 'nix32';
    case HashFormat.Base64:
      return 'Base64';
  }
  return 'SRI';
}

/**
 * Reads `ALGO:DIGEST`, `ALGO-BASE64` (SRI) or a bare digest of the algorithm `known` (-1: none). Returns the algorithm, and
 * leaves the digest at `parsedDigest()`; -1 after an error.
 */
export function parseHash(ptr: usize, len: u32, known: i32): i32 {
  let algo = known;
  let sep = indexOf(ptr, len, 0x3a);
  let sri = false;
  if (sep < 0) {
    sep = indexOf(ptr, len, 0x2d);
    sri = sep >= 0;
  }
  if (sep >= 0) {
    algo = parseHashAlgo(ptr, sep);
    if (algo < 0) return -1;
    if (known >= 0 && known != algo) {
      msgBegin();
      msgLit("hash '");
      msgArgBytes(ptr, len);
      msgLit("' should have type '");
      msgArgLit(hashAlgoName(known));
      msgLit("'");
      raise(Err.Plain);
      return -1;
    }
  }
  if (algo < 0) return failHash("hash '", ptr, len, "' does not include a type, nor is the type otherwise known from context");
  const rest = ptr + <usize>(sep + 1);
  const restLen = len - <u32>(sep + 1);
  const format = sri ? HashFormat.Sri : formatOf(rest, restLen, algo);
  if (format < 0) return -1;
  const n = decoded(rest, restLen, format);
  if (n == hashSize(algo)) return algo;
  msgBegin();
  msgLit('invalid ');
  msgArgLit(encodingName(format));
  msgLit(" hash '");
  msgArgBytes(rest, restLen);
  msgLit("', length ");
  msgArgInt(n);
  msgLit(' != expected length ');
  msgArgInt(hashSize(algo));
  raise(Err.Plain);
  return -1;
}

/** A digest as a string object; SRI has the algorithm in front. */
export function formatHash(digest: usize, algo: u32, format: u32): usize {
  const size = hashSize(algo);
  switch (format) {
    case HashFormat.Base16: {
      const s = allocString(base16EncodedLength(size), 0);
      base16Encode(digest, size, strBytes(s));
      return s;
    }
    case HashFormat.Nix32: {
      const s = allocString(nix32EncodedLength(size), 0);
      nix32Encode(digest, size, strBytes(s));
      return s;
    }
    case HashFormat.Base64: {
      const s = allocString(base64EncodedLength(size), 0);
      base64Encode(digest, size, strBytes(s));
      return s;
    }
  }
  const name = hashAlgoName(algo);
  const s = allocString(base64EncodedLength(size) + name.length + 1, 0);
  const n = literalCopy(name, strBytes(s));
  store<u8>(strBytes(s) + n, 0x2d);
  base64Encode(digest, size, strBytes(s) + n + 1);
  return s;
}
