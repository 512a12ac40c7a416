/**
 * The words and bounds of the Nix archive format (Nix manual, "Nix Archive (NAR) format"), as Nix 2.34 reads it. Everything is strings: a
 * length of eight bytes, little-endian, the bytes, and zeros up to a multiple of eight.
 */

/** How deep files may lie: directories nest so much, with a file in the last. */
export const NAR_MAX_DEPTH: u32 = 64;
/** Bytes of the longest keyword that is read. */
export const NAR_MAX_TAG: u32 = 32;
/** Bytes of the longest file name. */
export const NAR_MAX_NAME: u32 = 255;
/** Bytes of the longest symlink target. */
export const NAR_MAX_TARGET: u32 = 4095;

/** The keywords, in the order of `TOKENS`. js/nar/tokens.ts has the same. */
export const enum Token {
  Open,
  Close,
  Type,
  Regular,
  Directory,
  Symlink,
  Executable,
  Contents,
  Target,
  Entry,
  Name,
  Node,
  Magic,
}

// The keywords as they stand in an archive: a length, and one or two words of bytes.
// prettier-ignore
const TOKENS: usize = memory.data<u64>([
  1, 0x28, 0x0, // (
  1, 0x29, 0x0, // )
  4, 0x65707974, 0x0, // type
  7, 0x72616c75676572, 0x0, // regular
  9, 0x726f746365726964, 0x79, // directory
  7, 0x6b6e696c6d7973, 0x0, // symlink
  10, 0x6261747563657865, 0x656c, // executable
  8, 0x73746e65746e6f63, 0x0, // contents
  6, 0x746567726174, 0x0, // target
  5, 0x7972746e65, 0x0, // entry
  4, 0x656d616e, 0x0, // name
  4, 0x65646f6e, 0x0, // node
  13, 0x686372612d78696e, 0x312d657669, // nix-archive-1
]);
const TOKEN_SIZE: u32 = 24;

/** Where a keyword lies: its length, then its bytes. */
export function narToken(token: Token): usize {
  return TOKENS + token * TOKEN_SIZE;
}

/** Whether the string at `ptr`, with its zeros, is a keyword. */
export function narIsToken(ptr: usize, len: u32, token: Token): bool {
  const word = narToken(token);
  if (<u64>len != load<u64>(word) || load<u64>(ptr) != load<u64>(word, 8)) return false;
  return len <= 8 || load<u64>(ptr, 8) == load<u64>(word, 16);
}

/** How many zeros follow `len` bytes. */
export function narPadding(len: u32): u32 {
  return -len & 7;
}

/** Whether a directory may have an entry of this name. */
export function narIsName(ptr: usize, len: u32): bool {
  if (len == 0 || len > NAR_MAX_NAME) return false;
  if (load<u8>(ptr) == 0x2e && (len == 1 || (len == 2 && load<u8>(ptr, 1) == 0x2e))) return false;
  for (let i: u32 = 0; i < len; i++) {
    const byte = load<u8>(ptr + i);
    if (byte == 0x2f || byte == 0) return false;
  }
  return true;
}

/** Whether a symlink may lead there. */
export function narIsTarget(ptr: usize, len: u32): bool {
  if (len == 0 || len > NAR_MAX_TARGET) return false;
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) == 0) return false;
  return true;
}

/**
 * The last name of each open directory, which the next must follow:
 *
 *     | length, 4 bytes | 4 bytes | 256 bytes |
 */
export const NAR_NAME_SIZE: u32 = 264;
/** Bytes of all of them. */
export const NAR_NAMES_SIZE: u32 = NAR_MAX_DEPTH * NAR_NAME_SIZE;

/** Makes a name the last of its directory; answers whether it comes after the one before, byte by byte. */
export function narNextName(last: usize, ptr: usize, len: u32): bool {
  const lastLen = load<u32>(last);
  const order = memory.compare(ptr, last + 8, len < lastLen ? len : lastLen);
  if (order < 0 || (order == 0 && len <= lastLen)) return false;
  store<u32>(last, len);
  memory.copy(last + 8, ptr, len);
  return true;
}
