// The archive of a single file (Nix manual, "Nix Archive (NAR) format") in one piece: most of what nixpkgs adds to the store are patches and
// scripts of a few kilobytes, for which the writer of whole trees does too much.
import { joinBytes } from '@vixen/eval-core';

const encoder = new TextEncoder();
const unit = 8;

/** A string of the format: its length, its bytes, zeros up to a multiple of eight. */
function token(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const out = new Uint8Array(unit + Math.ceil(bytes.length / unit) * unit);
  out[0] = bytes.length;
  out.set(bytes, unit);
  return out;
}

const tokens = (...texts: string[]) => joinBytes(texts.map(token));

const before = {
  plain: tokens('nix-archive-1', '(', 'type', 'regular', 'contents'),
  executable: tokens('nix-archive-1', '(', 'type', 'regular', 'executable', '', 'contents'),
};
const after = tokens(')');

/** The archive of a file with these contents. */
export function fileArchive(contents: Uint8Array, executable: boolean): Uint8Array<ArrayBuffer> {
  const head = executable ? before.executable : before.plain;
  const padded = Math.ceil(contents.length / unit) * unit;
  const out = new Uint8Array(head.length + unit + padded + after.length);
  out.set(head);
  new DataView(out.buffer).setBigUint64(head.length, BigInt(contents.length), true);
  out.set(contents, head.length + unit);
  out.set(after, head.length + unit + padded);
  return out;
}
