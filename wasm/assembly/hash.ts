/** The hash algorithms that Nix knows, behind a number. */
import { BLAKE3_CTX_SIZE, BLAKE3_SIZE, blake3, blake3Final, blake3Init, blake3Update } from './blake3';
import { MD5_SIZE, md5, md5Final, md5Init, md5Update } from './md5';
import { SHA1_SIZE, sha1, sha1Final, sha1Init, sha1Update } from './sha1';
import { SHA256_SIZE, sha256, sha256Final, sha256Init, sha256Update } from './sha256';
import { SHA512_SIZE, sha512, sha512Final, sha512Init, sha512Update } from './sha512';

export { compressHash } from './compress-hash';

export const enum HashAlgo {
  MD5 = 0,
  SHA1 = 1,
  SHA256 = 2,
  SHA512 = 3,
  BLAKE3 = 4,
}

/** Bytes of the longest digest. */
export const HASH_MAX_SIZE: u32 = SHA512_SIZE;
/** Bytes of a context that serves every algorithm: eight for the algorithm, then the largest of theirs. */
export const HASH_CTX_SIZE: u32 = 8 + BLAKE3_CTX_SIZE;

/** Bytes of a digest, or 0 for a number that is no algorithm. */
export function hashSize(algo: u32): u32 {
  switch (algo) {
    case HashAlgo.MD5:
      return MD5_SIZE;
    case HashAlgo.SHA1:
      return SHA1_SIZE;
    case HashAlgo.SHA256:
      return SHA256_SIZE;
    case HashAlgo.SHA512:
      return SHA512_SIZE;
    case HashAlgo.BLAKE3:
      return BLAKE3_SIZE;
  }
  return 0;
}

/** Writes the digest of `len` bytes at `ptr` to `out`. */
export function hashBytes(algo: u32, ptr: usize, len: u32, out: usize): void {
  switch (algo) {
    case HashAlgo.MD5:
      md5(ptr, len, out);
      break;
    case HashAlgo.SHA1:
      sha1(ptr, len, out);
      break;
    case HashAlgo.SHA256:
      sha256(ptr, len, out);
      break;
    case HashAlgo.SHA512:
      sha512(ptr, len, out);
      break;
    case HashAlgo.BLAKE3:
      blake3(ptr, len, out);
      break;
  }
}

/** Makes `ctx` (`HASH_CTX_SIZE` bytes) the state of `algo` before the first byte. */
export function hashInit(ctx: usize, algo: u32): void {
  store<u64>(ctx, algo);
  ctx += 8;
  switch (algo) {
    case HashAlgo.MD5:
      md5Init(ctx);
      break;
    case HashAlgo.SHA1:
      sha1Init(ctx);
      break;
    case HashAlgo.SHA256:
      sha256Init(ctx);
      break;
    case HashAlgo.SHA512:
      sha512Init(ctx);
      break;
    case HashAlgo.BLAKE3:
      blake3Init(ctx);
      break;
  }
}

/** Takes in `len` bytes at `ptr`. */
export function hashUpdate(ctx: usize, ptr: usize, len: u32): void {
  const algo = load<u32>(ctx);
  ctx += 8;
  switch (algo) {
    case HashAlgo.MD5:
      md5Update(ctx, ptr, len);
      break;
    case HashAlgo.SHA1:
      sha1Update(ctx, ptr, len);
      break;
    case HashAlgo.SHA256:
      sha256Update(ctx, ptr, len);
      break;
    case HashAlgo.SHA512:
      sha512Update(ctx, ptr, len);
      break;
    case HashAlgo.BLAKE3:
      blake3Update(ctx, ptr, len);
      break;
  }
}

/** Writes the digest to `out`; `ctx` must be initialised again before more. */
export function hashFinal(ctx: usize, out: usize): void {
  const algo = load<u32>(ctx);
  ctx += 8;
  switch (algo) {
    case HashAlgo.MD5:
      md5Final(ctx, out);
      break;
    case HashAlgo.SHA1:
      sha1Final(ctx, out);
      break;
    case HashAlgo.SHA256:
      sha256Final(ctx, out);
      break;
    case HashAlgo.SHA512:
      sha512Final(ctx, out);
      break;
    case HashAlgo.BLAKE3:
      blake3Final(ctx, out);
      break;
  }
}
