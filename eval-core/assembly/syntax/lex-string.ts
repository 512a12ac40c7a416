/** The parts of strings: `"…"` and `''…''`. Text without escapes stays where it is in the source. */
import { bufByte, bufStr } from '../heap/text';
import { STOPS, STOP_INDENTED, STOP_STRING } from '../gen/chars';
import { Tok } from '../gen/grammar';
import { arenaAlloc } from './arena';
import { ErrorKind, colourBegin, colourEnd, errorBegin } from './errors';
import { LEX_FAILED, matchBegin, matched } from './match';
import { Mode, modePop, modePush } from './modes';
import { INDENTATION, LX_AT, LX_BEGIN, LX_LENGTH, LX_VALUE, SX_END } from './state';

const DOLLAR: usize = memory.data<u8>([0x24]);
const APOSTROPHES: usize = memory.data<u8>([0x27, 0x27]);

// @ts-ignore: decorator
@inline
function setText(ptr: usize, length: u32): void {
  store<u32>(LX_VALUE, <u32>ptr);
  store<u32>(LX_LENGTH, length);
}

/** The error about a NUL byte in a string. */
function nulError(ptr: usize, len: u32): u32 {
  const buf = errorBegin(ErrorKind.Plain, load<u32>(LX_BEGIN));
  bufStr(buf, "input string '");
  colourBegin(buf);
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c) {
      bufByte(buf, c);
      continue;
    }
    bufByte(buf, 0xe2);
    bufByte(buf, 0x90);
    bufByte(buf, 0x80);
  }
  colourEnd(buf);
  bufStr(buf, "' cannot be represented as Nix string because it contains null bytes");
  return LEX_FAILED;
}

// @ts-ignore: decorator
@inline
function escaped(c: u32): u32 {
  if (c == 0x6e) return 0x0a;
  if (c == 0x72) return 0x0d;
  return c == 0x74 ? 0x09 : c;
}

/** Sets the token's text to what `ptr` … stands for: escapes replaced, line ends normalised. An escaped NUL byte passes, as in Nix. */
function unescape(ptr: usize, len: u32, token: u32): u32 {
  const to = arenaAlloc(len);
  const end = ptr + len;
  let t = to;
  let nul = false;
  for (let p = ptr; p < end; p++) {
    let c = <u32>load<u8>(p);
    if (c == 0x5c) {
      p++;
      c = escaped(load<u8>(p));
    } else if (c == 0x0d) {
      c = 0x0a;
      if (p + 1 < end && load<u8>(p, 1) == 0x0a) p++;
    } else if (!c) nul = true;
    store<u8>(t, c);
    t++;
  }
  if (nul) return nulError(to, <u32>(t - to));
  setText(to, <u32>(t - to));
  return token;
}

/** The end of the run of text from `p`: before `"`, `${`, and what the file's end cuts off. A `$` before the `"` belongs to the text. */
function stringRun(p: usize, end: usize): usize {
  while (true) {
    while (!(load<u8>(STOPS + load<u8>(p)) & STOP_STRING)) p++;
    const c = <u32>load<u8>(p);
    if (c == 0x22 || p >= end) return p;
    if (c == 0x5c) {
      if (p + 1 >= end) return p;
      p += 2;
    } else if (c == 0x24) {
      if (p + 1 >= end) return p;
      const next = <u32>load<u8>(p, 1);
      if (next == 0x7b) return p;
      if (next == 0x22) return p + 1;
      if (next == 0x5c) {
        if (p + 2 >= end) return p;
        p += 3;
      } else p += 2;
    } else p++;
  }
}

function needsUnescape(p: usize, q: usize): bool {
  for (; p < q; p++) {
    const c = <u32>load<u8>(p);
    if (load<u8>(STOPS + c) & STOP_STRING && (c == 0x5c || c == 0x0d || c == 0)) return true;
  }
  return false;
}

/** A part of a string, its end, or an interpolation. */
export function lexString(): u32 {
  const p = <usize>load<u32>(LX_AT);
  const end = <usize>load<u32>(SX_END);
  if (p >= end) return Tok.END;
  matchBegin(p);
  const q = stringRun(p, end);
  if (q > p) {
    matched(q, Tok.STR);
    if (needsUnescape(p, q)) return unescape(p, <u32>(q - p), Tok.STR);
    setText(p, <u32>(q - p));
    return Tok.STR;
  }
  const c = <u32>load<u8>(p);
  if (c == 0x22) {
    modePop();
    return matched(p + 1, Tok.QUOTE);
  }
  if (load<u16>(p) == 0x7b24) {
    modePush(Mode.Code);
    return matched(p + 2, Tok.DOLLAR_CURLY);
  }
  // an escape that the end of the file cuts off
  return matched(c == 0x24 && load<u8>(p, 1) == 0x5c ? p + 2 : p + 1, Tok.END);
}

/** The end of the run of text from `p`: before `''`, `'$`, `${`, `$'`. `nul` is where a NUL byte was met. */
function indentedRun(p: usize, end: usize): usize {
  while (true) {
    while (!(load<u8>(STOPS + load<u8>(p)) & STOP_INDENTED)) p++;
    const c = <u32>load<u8>(p);
    if (p >= end) return p;
    if (!c) {
      p++;
      continue;
    }
    if (p + 1 >= end) return p;
    const next = <u32>load<u8>(p, 1);
    if (next == 0x27 || next == (c == 0x24 ? 0x7b : 0x24)) return p;
    p += 2;
  }
}

function hasNul(p: usize, q: usize): bool {
  for (; p < q; p++) if (!load<u8>(p)) return true;
  return false;
}

/** A part of an indented string, its end, or an interpolation. */
export function lexIndented(): u32 {
  const p = <usize>load<u32>(LX_AT);
  const end = <usize>load<u32>(SX_END);
  if (p >= end) return Tok.END;
  matchBegin(p);
  const q = indentedRun(p, end);
  if (q > p) {
    setText(p, (<u32>(q - p)) | INDENTATION);
    matched(q, Tok.IND_STR);
    return hasNul(p, q) ? nulError(p, <u32>(q - p)) : Tok.IND_STR;
  }
  if (load<u8>(p) == 0x24) {
    if (load<u8>(p, 1) == 0x7b) {
      modePush(Mode.Code);
      return matched(p + 2, Tok.DOLLAR_CURLY);
    }
    setText(DOLLAR, 1);
    return matched(p + 1, Tok.IND_STR);
  }
  return lexApostrophes(p, end);
}

function lexApostrophes(p: usize, end: usize): u32 {
  if (load<u8>(p, 1) != 0x27) {
    setText(APOSTROPHES, 1);
    return matched(p + 1, Tok.IND_STR);
  }
  const c = <u32>load<u8>(p, 2);
  if (c == 0x24) {
    setText(DOLLAR, 1);
    return matched(p + 3, Tok.IND_STR);
  }
  if (c == 0x27) {
    setText(APOSTROPHES, 2);
    return matched(p + 3, Tok.IND_STR);
  }
  if (c == 0x5c && p + 3 < end) {
    matched(p + 4, Tok.IND_STR);
    return unescape(p + 2, 2, Tok.IND_STR);
  }
  modePop();
  return matched(p + 2, Tok.IND_CLOSE);
}
