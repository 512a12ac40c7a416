/**
 * SHA-256 by the host, which may have the processor's instructions for it (the loader binds the import, to this module's own
 * `sha256Own` where there is nothing better).
 */
// @ts-ignore: decorator
@external("host", "sha256")
declare function hostSha256(ptr: usize, len: u32, out: usize): void;

/** The SHA-256 of `len` bytes at `ptr`, written to `out` (32 bytes). */
export function sha256Digest(ptr: usize, len: u32, out: usize): void {
  hostSha256(ptr, len, out);
}
