/**
 * The exports of the stand-alone module: digests, encodings, chunking and search over memory that the caller takes from `alloc`.
 * Other modules import the files beside this one instead, which need no allocator.
 */
export { HASH_CTX_SIZE, HASH_MAX_SIZE, compressHash, hashBytes, hashFinal, hashInit, hashSize, hashUpdate } from './hash';
export { base16Decode, base16Encode, base16EncodedLength } from './base16';
export { base64Decode, base64DecodedBound, base64Encode, base64EncodedLength } from './base64';
export { CHUNK_CTX_SIZE, chunkEnd, chunkInit, chunkScan, chunkSize, chunkSkip, chunkUsed } from './chunk';
export {
  NAR_READ_CTX_SIZE,
  narRead,
  narReadExecutable,
  narReadExpected,
  narReadInit,
  narReadSize,
  narReadTarget,
  narReadTargetLength,
  narReadText,
  narReadTextLength,
  narReadUsed,
} from './nar-read';
export {
  NAR_WRITE_CTX_SIZE,
  NAR_WRITE_MAX,
  narWriteDirectory,
  narWriteDone,
  narWriteEnd,
  narWriteFile,
  narWriteFileEnd,
  narWriteInit,
  narWriteSymlink,
} from './nar-write';
export { needlesCarry, needlesFound, needlesInit, needlesReplace, needlesReplaced, needlesScan, needlesSize } from './needles';
export { nix32Decode, nix32DecodedLength, nix32Encode, nix32EncodedLength } from './nix32';

const PAGE: usize = 0x10000;
// The address of the next free byte, 0 before the first allocation.
const NEXT: usize = memory.data(8, 8);

/** Takes `size` bytes, aligned to 16; 0 when the memory cannot grow. They are free again after `reset`. */
export function alloc(size: u32): usize {
  const next = load<usize>(NEXT);
  const start = next == 0 ? (__heap_base + 15) & ~15 : next;
  const end = <u64>start + ((<u64>size + 15) & ~15);
  const limit = <u64>memory.size() * PAGE;
  if (end > limit) {
    const pages = (end - limit + PAGE - 1) / PAGE;
    if (pages > 0xffff || memory.grow(<i32>pages) < 0) return 0;
  }
  store<usize>(NEXT, <usize>end);
  return start;
}

/** Gives back everything that was taken since `mark`, an address that `alloc` answered. */
export function reset(mark: usize): void {
  store<usize>(NEXT, mark);
}
