/**
 * The Merkle–Damgård construction that MD5, SHA-1 and SHA-2 share: a buffer of
 * one block, a count of bytes, and the padding (RFC 1321 §3.1–3.2, FIPS 180-4
 * §5.1).
 *
 * A context is memory of the caller's, so that it needs no allocator and lies
 * in whatever snapshot the caller makes:
 *
 *     0        8                72                        72 + block
 *     | bytes  | chaining value | bytes of a partial block |
 *       u64      up to 64 bytes   64 or 128 bytes
 */

/** Offset of the chaining value within a context. */
export const MD_STATE: usize = 8;
/** Offset of the partial block within a context. */
export const MD_BUFFER: usize = 72;

/** Folds `blocks` whole blocks that start at `data` into the chaining value. */
export type Compress = (state: usize, data: usize, blocks: u32) => void;

/** Takes in `len` bytes; whole blocks are compressed where they lie. */
export function mdUpdate(ctx: usize, ptr: usize, len: u32, block: u32, compress: Compress): void {
  const filled = <u32>(load<u64>(ctx) & (<u64>(block - 1)));
  store<u64>(ctx, load<u64>(ctx) + <u64>len);
  if (filled != 0) {
    const room = block - filled;
    const taken = len < room ? len : room;
    memory.copy(ctx + MD_BUFFER + filled, ptr, taken);
    if (taken < room) return;
    compress(ctx + MD_STATE, ctx + MD_BUFFER, 1);
    ptr += taken;
    len -= taken;
  }
  const whole = len / block;
  if (whole != 0) {
    compress(ctx + MD_STATE, ptr, whole);
    ptr += whole * block;
    len -= whole * block;
  }
  if (len != 0) memory.copy(ctx + MD_BUFFER, ptr, len);
}

/**
 * Pads and compresses what is left: a one bit, zeros, and the length in bits
 * in the last eighth of a block, in the byte order that `bigEndian` says.
 */
export function mdPad(ctx: usize, block: u32, bigEndian: bool, compress: Compress): void {
  const bytes = load<u64>(ctx);
  const buffer = ctx + MD_BUFFER;
  let filled = <u32>(bytes & (<u64>(block - 1)));
  store<u8>(buffer + filled, 0x80);
  filled++;
  if (filled > block - (block >> 3)) {
    memory.fill(buffer + filled, 0, block - filled);
    compress(ctx + MD_STATE, buffer, 1);
    filled = 0;
  }
  memory.fill(buffer + filled, 0, block - filled);
  // Of SHA-512's 128-bit length the upper half can only be the three bits
  // that the shift drops, which no stream reaches.
  const bits = bytes << 3;
  store<u64>(buffer + block - 8, bigEndian ? bswap<u64>(bits) : bits);
  compress(ctx + MD_STATE, buffer, 1);
}
