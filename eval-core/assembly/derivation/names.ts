/** Whether a name can be a store path's (Nix manual, "Store Path Specification"; libstore/path.cc `checkName` for the messages). */
import { msgArgBytes, msgArgInt, msgArgLit, msgLit } from '../diag/errors';

/** Longest name of a store object. */
export const MAX_NAME: u32 = 211;

const enum Fault {
  None = 0,
  Empty,
  TooLong,
  Dots,
  DotDash,
  DotDotDash,
  Character,
}

function isNameByte(c: u32): bool {
  if (c - 0x30 < 10 || (c | 0x20) - 0x61 < 26) return true;
  switch (c) {
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x5f: // _
    case 0x3f: // ?
    case 0x3d: // =
      return true;
  }
  return false;
}

function dotFault(ptr: usize, len: u32): u32 {
  if (load<u8>(ptr) != 0x2e) return Fault.None;
  if (len == 1) return Fault.Dots;
  const second = load<u8>(ptr, 1);
  if (second == 0x2d) return Fault.DotDash;
  if (second != 0x2e) return Fault.None;
  if (len == 2) return Fault.Dots;
  return load<u8>(ptr, 2) == 0x2d ? Fault.DotDotDash : Fault.None;
}

/** What is wrong with a name: 0 nothing; else a number for `msgNameFault`. */
export function nameFault(ptr: usize, len: u32): u32 {
  if (!len) return Fault.Empty;
  if (len > MAX_NAME) return Fault.TooLong;
  const dots = dotFault(ptr, len);
  if (dots) return dots;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (!isNameByte(c)) return Fault.Character | (i << 8);
  }
  return Fault.None;
}

/** Appends what `nameFault` found to the message. */
export function msgNameFault(fault: u32, ptr: usize, len: u32): void {
  if (fault == Fault.Empty) {
    msgLit('name must not be empty');
    return;
  }
  msgLit("name '");
  msgArgBytes(ptr, len);
  switch (fault & 0xff) {
    case Fault.TooLong:
      msgLit("' must be no longer than ");
      msgArgInt(MAX_NAME);
      msgLit(' characters');
      break;
    case Fault.Dots:
      msgLit("' is not valid");
      break;
    case Fault.Character:
      msgLit("' contains illegal character '");
      msgArgBytes(ptr + (fault >>> 8), 1);
      msgLit("'");
      break;
    default:
      msgLit("' is not valid: first dash-separated component must not be '");
      msgArgLit((fault & 0xff) == Fault.DotDash ? '.' : '..');
      msgLit("'");
  }
}
