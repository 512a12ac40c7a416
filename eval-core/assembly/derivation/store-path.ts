/**
 * Store paths: making them from fingerprints, and reading them (Nix manual, "Store Path Specification"). A store path is
 * a symbol whose name is the whole path.
 */
import { compressHash } from '../../../wasm/assembly/compress-hash';
import { HashAlgo } from '../../../wasm/assembly/hash';
import { nix32Digit } from '../../../wasm/assembly/nix32';
import { sha256Digest as sha256 } from './digest';
import { Err, msgArgBytes, msgArgLit, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufBytes, bufData, bufLen, bufReset, bufStr, bytesAre } from '../heap/text';
import { StringSetting, settingString } from '../settings';
import { strBytes, strLen } from '../value/layout';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { hashAlgoName } from '../builtins/hashText';
import { bufHash, bufNix32 } from './hashes';
import { msgNameFault, nameFault } from './names';

/** How a store object's content is turned into what is hashed. */
export const enum Method {
  Flat = 0,
  Nar = 1,
  Git = 2,
  Text = 3,
}
export const HASH_PART: u32 = 32;

/** Fingerprint under construction; its first part is the type. */
export const FINGERPRINT: usize = memory.data(12, 4);
/** Name under construction. */
export const NAME_BUF: usize = memory.data(12, 4);
const PATH_BUF: usize = memory.data(12, 4);
const DIGEST: usize = memory.data(64, 8);
const FOLDED: usize = memory.data(32, 8);

/** The store's folder, a string object. */
export function storeDir(): usize {
  return settingString(StringSetting.StoreDir);
}

/** Appends `/nix/store/`. */
function bufStoreDir(b: usize): void {
  const dir = storeDir();
  bufBytes(b, strBytes(dir), strLen(dir));
}

/**
 * Ends the fingerprint (its type stands in FINGERPRINT) by `:sha256:HEX:STORE:NAME` and returns the store path's symbol;
 * 0 after an error, for a name that cannot be one.
 */
export function storePathMake(digest: usize, name: usize, nameLen: u32): u32 {
  bufByte(FINGERPRINT, 0x3a);
  bufHash(FINGERPRINT, HashAlgo.SHA256, digest);
  bufByte(FINGERPRINT, 0x3a);
  bufStoreDir(FINGERPRINT);
  bufByte(FINGERPRINT, 0x3a);
  bufBytes(FINGERPRINT, name, nameLen);
  sha256(bufData(FINGERPRINT), bufLen(FINGERPRINT), DIGEST);
  compressHash(DIGEST, 32, FOLDED, 20);
  bufReset(PATH_BUF);
  bufStoreDir(PATH_BUF);
  bufByte(PATH_BUF, 0x2f);
  const base = bufLen(PATH_BUF);
  bufNix32(PATH_BUF, FOLDED, 20);
  bufByte(PATH_BUF, 0x2d);
  bufBytes(PATH_BUF, name, nameLen);
  const fault = nameFault(name, nameLen);
  if (fault) {
    failPathName(bufData(PATH_BUF) + base, bufLen(PATH_BUF) - base, fault, name, nameLen);
    return 0;
  }
  return symbolIntern(bufData(PATH_BUF), bufLen(PATH_BUF));
}
function failPathName(base: usize, baseLen: u32, fault: u32, name: usize, nameLen: u32): void {
  msgBegin();
  msgLit("path '");
  msgArgBytes(base, baseLen);
  msgLit("' is not a valid store path: ");
  msgNameFault(fault, name, nameLen);
  raise(Err.Plain);
}

/** Begins a fingerprint by its type. */
export function fingerprintBegin(type: string): void {
  bufReset(FINGERPRINT);
  bufStr(FINGERPRINT, type);
}
/** Adds a reference to the type of a text or a source. */
export function fingerprintReference(path: u32): void {
  bufByte(FINGERPRINT, 0x3a);
  bufBytes(FINGERPRINT, symbolBytes(path), symbolLen(path));
}

/** Appends the prefix of a method in `outputHashAlgo` and in fixed fingerprints: nothing, `r:`, `git:`, `text:`. */
export function bufMethod(b: usize, method: i32): void {
  if (method == Method.Nar) bufStr(b, 'r:');
  else if (method == Method.Git) bufStr(b, 'git:');
  else if (method == Method.Text) bufStr(b, 'text:');
}

/** The path of a content-addressed object without references; 0 after an error. */
export function fixedOutputPath(method: i32, algo: i32, digest: usize, name: usize, nameLen: u32): u32 {
  if (method == Method.Git && algo != HashAlgo.SHA1 && algo != HashAlgo.SHA256) {
    msgBegin();
    msgLit('Git file ingestion must use SHA-1 or SHA-256 hash, but instead using: ');
    msgArgLit(hashAlgoName(algo));
    raise(Err.Plain);
    return 0;
  }
  if (method == Method.Text) {
    fingerprintBegin('text');
    return storePathMake(digest, name, nameLen);
  }
  if (method == Method.Nar && algo == HashAlgo.SHA256) {
    fingerprintBegin('source');
    return storePathMake(digest, name, nameLen);
  }
  bufReset(PATH_BUF);
  bufStr(PATH_BUF, 'fixed:out:');
  bufMethod(PATH_BUF, method);
  bufHash(PATH_BUF, algo, digest);
  bufByte(PATH_BUF, 0x3a);
  const inner = memory.data(32, 8);
  sha256(bufData(PATH_BUF), bufLen(PATH_BUF), inner);
  fingerprintBegin('output:out');
  return storePathMake(inner, name, nameLen);
}

/** Writes the name of a derivation's output to NAME_BUF: `name`, or `name-output`. */
export function outputName(name: usize, nameLen: u32, output: u32): void {
  bufReset(NAME_BUF);
  bufBytes(NAME_BUF, name, nameLen);
  if (bytesAre(symbolBytes(output), symbolLen(output), 'out')) return;
  bufByte(NAME_BUF, 0x2d);
  bufBytes(NAME_BUF, symbolBytes(output), symbolLen(output));
}

/** The path of an input-addressed output; 0 after an error. */
export function inputAddressedPath(digest: usize, name: usize, nameLen: u32, output: u32): u32 {
  outputName(name, nameLen, output);
  fingerprintBegin('output:');
  bufBytes(FINGERPRINT, symbolBytes(output), symbolLen(output));
  return storePathMake(digest, bufData(NAME_BUF), bufLen(NAME_BUF));
}

// ---- reading

/** Whether the path lies in the store (below its folder). */
export function isInStore(ptr: usize, len: u32): bool {
  const dir = storeDir();
  const n = strLen(dir);
  return len > n + 1 && load<u8>(ptr + n) == 0x2f && !memory.compare(ptr, strBytes(dir), n);
}
/** Length of the store path at the head of a canonical path in the store. */
export function storePathLength(ptr: usize, len: u32): u32 {
  let i = strLen(storeDir()) + 1;
  while (i < len && load<u8>(ptr + i) != 0x2f) i++;
  return i;
}
/** Whether a base name is a store path's: a hash, a dash, a name. */
export function isStoreBaseName(ptr: usize, len: u32): bool {
  if (len < HASH_PART + 2 || load<u8>(ptr + HASH_PART) != 0x2d) return false;
  for (let i: u32 = 0; i < HASH_PART; i++) if (nix32Digit(load<u8>(ptr + i)) < 0) return false;
  return !nameFault(ptr + HASH_PART + 1, len - HASH_PART - 1);
}
/** Whether a canonical path is a store path itself. */
export function isStorePath(ptr: usize, len: u32): bool {
  if (!isInStore(ptr, len) || storePathLength(ptr, len) != len) return false;
  const n = strLen(storeDir()) + 1;
  return isStoreBaseName(ptr + n, len - n);
}
/** The name of a store path: what follows the hash. Start, as an offset in the path. */
export function storeNameOffset(): u32 {
  return strLen(storeDir()) + 1 + HASH_PART + 1;
}
/** Whether a name or path ends in `.drv`. */
export function isDrvName(ptr: usize, len: u32): bool {
  return len >= 4 && bytesAre(ptr + len - 4, 4, '.drv');
}
