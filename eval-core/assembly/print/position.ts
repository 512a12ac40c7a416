/** Positions as text: `FILE:LINE:COLUMN`. */
import { Origin, posColumn, posKind, posLine, posName } from '../diag/positions';
import { FETCHURL_PATH } from '../derivation/source';
import { bufByte, bufBytes, bufI64, bufStr } from '../heap/text';
import { strBytes, strLen } from '../value/layout';
import { bufMarked } from './literal';

/** How the evaluator's own sources are called: `«nix-internal»/derivation-internal.nix`, `<nix/fetchurl.nix>`. */
export function bufInternalName(b: usize, name: usize): void {
  if (strLen(name) == FETCHURL_PATH.length) {
    bufStr(b, '<nix');
    bufBytes(b, strBytes(name), strLen(name));
    bufByte(b, 0x3e);
    return;
  }
  bufMarked(b, 'nix-internal');
  bufBytes(b, strBytes(name), strLen(name));
}

export function bufPosition(b: usize, pos: u32): void {
  switch (posKind(pos)) {
    case Origin.Path: {
      const name = posName(pos);
      bufBytes(b, strBytes(name), strLen(name));
      break;
    }
    case Origin.Internal:
      bufInternalName(b, posName(pos));
      break;
    case Origin.String:
      bufMarked(b, 'string');
      break;
    case Origin.Stdin:
      bufMarked(b, 'stdin');
      break;
    default:
      bufMarked(b, 'none');
  }
  bufByte(b, 0x3a);
  bufI64(b, <i64>posLine(pos));
  const column = posColumn(pos);
  if (!column) return;
  bufByte(b, 0x3a);
  bufI64(b, <i64>column);
}
