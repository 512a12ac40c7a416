/**
 * SHA-256 of texts: short ones here; long ones by the host where it has the processor's instructions for it (the loader binds the import,
 * to this module's own `sha256Own` where there is nothing better).
 */
import { sha256 } from "../../../wasm/assembly/sha256";

// @ts-ignore: decorator
@external("host", "sha256")
declare function hostSha256(ptr: usize, len: u32, out: usize): void;

/** Crossing the boundary costs about as much as four blocks. */
const SHORT: u32 = 256;

/** The SHA-256 of `len` bytes at `ptr`, written to `out` (32 bytes). */
export function sha256Digest(ptr: usize, len: u32, out: usize): void {
  if (len < SHORT) sha256(ptr, len, out);
  else hostSha256(ptr, len, out);
}
