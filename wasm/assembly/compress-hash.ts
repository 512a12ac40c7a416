/**
 * Folds a digest: byte i is added, by exclusive or, to byte i mod `dstLen`
 * (Nix manual, "Store Path Specification", which folds SHA-256 to 20 bytes).
 */
export function compressHash(src: usize, srcLen: u32, dst: usize, dstLen: u32): void {
  memory.fill(dst, 0, dstLen);
  let at: u32 = 0;
  for (let i: u32 = 0; i < srcLen; i++) {
    store<u8>(dst + at, load<u8>(dst + at) ^ load<u8>(src + i));
    at++;
    if (at == dstLen) at = 0;
  }
}
