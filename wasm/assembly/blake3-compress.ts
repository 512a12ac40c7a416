/**
 * BLAKE3's compression function (BLAKE3 paper, §2.2), on one block with a row of the state to a vector, and on four
 * inputs at once with an input to a lane (§5.3).
 */

export const BLAKE3_CHUNK_START: u32 = 1;
export const BLAKE3_CHUNK_END: u32 = 2;
export const BLAKE3_PARENT: u32 = 4;
export const BLAKE3_ROOT: u32 = 8;

/** The initial value, eight words; SHA-256's. */
export const BLAKE3_IV: usize = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Compresses a block of `len` bytes, zeros after it, under the value at `cv`; writes 32 bytes to `out`, which may be any of these. */
export function blake3Compress(cv: usize, block: usize, len: u32, counter: u64, flags: u32, out: usize): void {
  let row0 = v128.load(cv, 0);
  let row1 = v128.load(cv, 16);
  let row2 = v128.load(BLAKE3_IV, 0);
  let row3 = i32x4.replace_lane(i32x4.replace_lane(i64x2.splat(counter), 2, len), 3, flags);

  const block0 = v128.load(block, 0);
  const block1 = v128.load(block, 16);
  const block2 = v128.load(block, 32);
  const block3 = v128.load(block, 48);
  // What a column and a diagonal step add first and second: the even and odd words of either half.
  let columnX = v128.shuffle<u32>(block0, block1, 0, 2, 4, 6);
  let columnY = v128.shuffle<u32>(block0, block1, 1, 3, 5, 7);
  let diagonalX = v128.shuffle<u32>(block2, block3, 0, 2, 4, 6);
  let diagonalY = v128.shuffle<u32>(block2, block3, 1, 3, 5, 7);

  for (let round = 0; ; round++) {
    row0 = i32x4.add(i32x4.add(row0, columnX), row1);
    row3 = rotate16(v128.xor(row3, row0));
    row2 = i32x4.add(row2, row3);
    row1 = rotate12(v128.xor(row1, row2));
    row0 = i32x4.add(i32x4.add(row0, columnY), row1);
    row3 = rotate8(v128.xor(row3, row0));
    row2 = i32x4.add(row2, row3);
    row1 = rotate7(v128.xor(row1, row2));

    row1 = v128.shuffle<u32>(row1, row1, 1, 2, 3, 0);
    row2 = v128.shuffle<u32>(row2, row2, 2, 3, 0, 1);
    row3 = v128.shuffle<u32>(row3, row3, 3, 0, 1, 2);

    row0 = i32x4.add(i32x4.add(row0, diagonalX), row1);
    row3 = rotate16(v128.xor(row3, row0));
    row2 = i32x4.add(row2, row3);
    row1 = rotate12(v128.xor(row1, row2));
    row0 = i32x4.add(i32x4.add(row0, diagonalY), row1);
    row3 = rotate8(v128.xor(row3, row0));
    row2 = i32x4.add(row2, row3);
    row1 = rotate7(v128.xor(row1, row2));

    row1 = v128.shuffle<u32>(row1, row1, 3, 0, 1, 2);
    row2 = v128.shuffle<u32>(row2, row2, 2, 3, 0, 1);
    row3 = v128.shuffle<u32>(row3, row3, 1, 2, 3, 0);
    if (round == 6) break;

    // The permutation of the message: 2 6 3 10 7 0 4 13 1 11 12 5 9 14 15 8.
    const nextX = v128.shuffle<u32>(columnX, columnY, 1, 5, 7, 2);
    const nextY = v128.shuffle<u32>(v128.shuffle<u32>(columnX, diagonalX, 3, 5, 0, 0), diagonalY, 0, 1, 2, 6);
    const nextDX = v128.shuffle<u32>(v128.shuffle<u32>(columnY, diagonalX, 0, 6, 0, 0), diagonalY, 0, 1, 4, 7);
    diagonalY = v128.shuffle<u32>(v128.shuffle<u32>(diagonalY, columnY, 1, 6, 0, 0), diagonalX, 0, 1, 7, 4);
    columnX = nextX;
    columnY = nextY;
    diagonalX = nextDX;
  }
  v128.store(out, v128.xor(row0, row2), 0);
  v128.store(out, v128.xor(row1, row3), 16);
}

// The transposed message: word i of the four blocks is vector i.
const MESSAGE: usize = memory.data(256, 16);

/**
 * Compresses `blocks` whole blocks of each of four inputs, which lie `stride` bytes apart from `ptr`, and writes their four
 * values (32 bytes each) to `out`, which may overlap the inputs. Input i counts as number `counter + i * step`; `first` and `last`
 * are more flags for the first and the last block.
 */
// prettier-ignore
export function blake3CompressLanes(
  ptr: usize, stride: usize, blocks: u32, counter: u64, step: u32, flags: u32, first: u32, last: u32, out: usize,
): void {
  let h0 = v128.load32_splat(BLAKE3_IV, 0);
  let h1 = v128.load32_splat(BLAKE3_IV, 4);
  let h2 = v128.load32_splat(BLAKE3_IV, 8);
  let h3 = v128.load32_splat(BLAKE3_IV, 12);
  let h4 = v128.load32_splat(BLAKE3_IV, 16);
  let h5 = v128.load32_splat(BLAKE3_IV, 20);
  let h6 = v128.load32_splat(BLAKE3_IV, 24);
  let h7 = v128.load32_splat(BLAKE3_IV, 28);
  // Counters are aligned to four, so that the lower halves carry into none of the upper ones.
  const lower = i32x4.add(i32x4.splat(<u32>counter), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step)));
  const upper = i32x4.splat(<u32>(counter >> 32));
  let blockFlags = flags | first;
  for (; blocks != 0; blocks--) {
    if (blocks == 1) blockFlags |= last;
    transpose(ptr, stride, MESSAGE, 16);
    transpose(ptr + 16, stride, MESSAGE + 64, 16);
    transpose(ptr + 32, stride, MESSAGE + 128, 16);
    transpose(ptr + 48, stride, MESSAGE + 192, 16);
    ptr += 64;
    let s0 = h0;
    let s1 = h1;
    let s2 = h2;
    let s3 = h3;
    let s4 = h4;
    let s5 = h5;
    let s6 = h6;
    let s7 = h7;
    let s8 = v128.load32_splat(BLAKE3_IV, 0);
    let s9 = v128.load32_splat(BLAKE3_IV, 4);
    let s10 = v128.load32_splat(BLAKE3_IV, 8);
    let s11 = v128.load32_splat(BLAKE3_IV, 12);
    let s12 = lower;
    let s13 = upper;
    let s14 = i32x4.splat(64);
    let s15 = i32x4.splat(blockFlags);
    blockFlags = flags;

    s0 = add3(s0, s4, v128.load(MESSAGE, 0)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 16)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 32)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 48)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 64)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 80)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 96)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 112)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 128)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 144)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 160)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 176)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 192)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 208)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 224)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 240)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 32)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 96)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 48)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 160)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 112)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 0)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 64)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 208)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 16)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 176)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 192)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 80)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 144)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 224)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 240)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 128)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 48)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 64)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 160)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 192)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 208)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 32)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 112)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 224)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 96)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 80)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 144)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 0)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 176)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 240)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 128)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 16)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 160)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 112)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 192)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 144)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 224)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 48)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 208)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 240)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 64)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 0)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 176)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 32)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 80)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 128)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 16)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 96)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 192)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 208)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 144)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 176)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 240)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 160)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 224)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 128)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 112)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 32)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 80)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 48)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 0)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 16)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 96)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 64)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 144)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 224)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 176)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 80)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 128)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 192)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 240)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 16)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 208)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 48)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 0)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 160)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 32)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 96)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 64)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 112)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    s0 = add3(s0, s4, v128.load(MESSAGE, 176)); s12 = rotate16(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate12(v128.xor(s4, s8)); s0 = add3(s0, s4, v128.load(MESSAGE, 240)); s12 = rotate8(v128.xor(s12, s0)); s8 = i32x4.add(s8, s12); s4 = rotate7(v128.xor(s4, s8));
    s1 = add3(s1, s5, v128.load(MESSAGE, 80)); s13 = rotate16(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate12(v128.xor(s5, s9)); s1 = add3(s1, s5, v128.load(MESSAGE, 0)); s13 = rotate8(v128.xor(s13, s1)); s9 = i32x4.add(s9, s13); s5 = rotate7(v128.xor(s5, s9));
    s2 = add3(s2, s6, v128.load(MESSAGE, 16)); s14 = rotate16(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate12(v128.xor(s6, s10)); s2 = add3(s2, s6, v128.load(MESSAGE, 144)); s14 = rotate8(v128.xor(s14, s2)); s10 = i32x4.add(s10, s14); s6 = rotate7(v128.xor(s6, s10));
    s3 = add3(s3, s7, v128.load(MESSAGE, 128)); s15 = rotate16(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate12(v128.xor(s7, s11)); s3 = add3(s3, s7, v128.load(MESSAGE, 96)); s15 = rotate8(v128.xor(s15, s3)); s11 = i32x4.add(s11, s15); s7 = rotate7(v128.xor(s7, s11));
    s0 = add3(s0, s5, v128.load(MESSAGE, 224)); s15 = rotate16(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate12(v128.xor(s5, s10)); s0 = add3(s0, s5, v128.load(MESSAGE, 160)); s15 = rotate8(v128.xor(s15, s0)); s10 = i32x4.add(s10, s15); s5 = rotate7(v128.xor(s5, s10));
    s1 = add3(s1, s6, v128.load(MESSAGE, 32)); s12 = rotate16(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate12(v128.xor(s6, s11)); s1 = add3(s1, s6, v128.load(MESSAGE, 192)); s12 = rotate8(v128.xor(s12, s1)); s11 = i32x4.add(s11, s12); s6 = rotate7(v128.xor(s6, s11));
    s2 = add3(s2, s7, v128.load(MESSAGE, 48)); s13 = rotate16(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate12(v128.xor(s7, s8)); s2 = add3(s2, s7, v128.load(MESSAGE, 64)); s13 = rotate8(v128.xor(s13, s2)); s8 = i32x4.add(s8, s13); s7 = rotate7(v128.xor(s7, s8));
    s3 = add3(s3, s4, v128.load(MESSAGE, 112)); s14 = rotate16(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate12(v128.xor(s4, s9)); s3 = add3(s3, s4, v128.load(MESSAGE, 208)); s14 = rotate8(v128.xor(s14, s3)); s9 = i32x4.add(s9, s14); s4 = rotate7(v128.xor(s4, s9));

    h0 = v128.xor(s0, s8);
    h1 = v128.xor(s1, s9);
    h2 = v128.xor(s2, s10);
    h3 = v128.xor(s3, s11);
    h4 = v128.xor(s4, s12);
    h5 = v128.xor(s5, s13);
    h6 = v128.xor(s6, s14);
    h7 = v128.xor(s7, s15);
  }
  v128.store(MESSAGE, h0, 0);
  v128.store(MESSAGE, h1, 16);
  v128.store(MESSAGE, h2, 32);
  v128.store(MESSAGE, h3, 48);
  transpose(MESSAGE, 16, out, 32);
  v128.store(MESSAGE, h4, 0);
  v128.store(MESSAGE, h5, 16);
  v128.store(MESSAGE, h6, 32);
  v128.store(MESSAGE, h7, 48);
  transpose(MESSAGE, 16, out + 16, 32);
}

function add3(a: v128, b: v128, c: v128): v128 {
  return i32x4.add(i32x4.add(a, c), b);
}

/** Reads four rows of four words, `stride` bytes apart, and stores its columns, `dstStride` bytes apart. */
function transpose(src: usize, stride: usize, dst: usize, dstStride: usize): void {
  const a = v128.load(src);
  const b = v128.load(src + stride);
  const c = v128.load(src + stride * 2);
  const d = v128.load(src + stride * 3);
  const abLow = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  v128.store(dst, v128.shuffle<u64>(abLow, cdLow, 0, 2));
  v128.store(dst + dstStride, v128.shuffle<u64>(abLow, cdLow, 1, 3));
  v128.store(dst + dstStride * 2, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
  v128.store(dst + dstStride * 3, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
}

/** Rotates each word right by 16. */
function rotate16(v: v128): v128 {
  return v128.shuffle<u8>(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

/** Rotates each word right by 12. */
function rotate12(v: v128): v128 {
  return v128.or(i32x4.shr_u(v, 12), i32x4.shl(v, 20));
}

/** Rotates each word right by 8. */
function rotate8(v: v128): v128 {
  return v128.shuffle<u8>(v, v, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
}

/** Rotates each word right by 7. */
function rotate7(v: v128): v128 {
  return v128.or(i32x4.shr_u(v, 7), i32x4.shl(v, 25));
}
