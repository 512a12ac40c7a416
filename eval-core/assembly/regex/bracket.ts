/** Bracket expressions (POSIX.1-2017, XBD 9.3.5) with libstdc++'s view of where a dash may stand. */
import { bufLen, bufReserve, bufSetLen } from '../heap/text';
import { collatingElement, setAdd, setAddClass, setAddEquivalent, setAddRange, setInvert, SET_BYTES } from './bytesets';
import { REGEX_INVALID } from './codes';
import { accept, advance, fail, peek, Token } from './scan';
import { ERROR, SETS, TOKEN_LEN, TOKEN_PTR } from './state';

/** What stood last: `NOTHING` that a range could start with, a class, or a byte not yet added. */
const NOTHING: i32 = -1;
const CLASS: i32 = -2;

/** An empty set at the end of `SETS`; returns its address, which moves when another is made. */
export function setNew(): usize {
  const set = bufReserve(SETS, <u32>SET_BYTES);
  memory.fill(set, 0, SET_BYTES);
  bufSetLen(SETS, bufLen(SETS) + <u32>SET_BYTES);
  return set;
}

function takeByte(): i32 {
  const byte = <i32>load<u8>(<usize>load<u32>(TOKEN_PTR));
  advance();
  return byte;
}

/** Parses the rest of a bracket expression and returns its set in `SETS`. */
export function bracketExpression(negated: bool): usize {
  const set = setNew();
  let last = NOTHING;
  if (peek() == Token.Char) last = takeByte();
  else if (accept(Token.Dash)) last = 0x2d;
  while (!load<i32>(ERROR)) {
    if (accept(Token.BracketEnd)) break;
    if (peek() == Token.Dash) {
      advance();
      if (accept(Token.BracketEnd)) {
        setAdd(set, 0x2d);
        break;
      }
      last = range(set, last);
    } else last = element(set, last);
  }
  if (last >= 0) setAdd(set, last);
  if (negated) setInvert(set);
  return set;
}

function element(set: usize, last: i32): i32 {
  const kind = peek();
  if (last >= 0) setAdd(set, last);
  if (kind == Token.Char) return takeByte();
  const name = <usize>load<u32>(TOKEN_PTR);
  const len = load<u32>(TOKEN_LEN);
  advance();
  if (kind == Token.Collating) {
    const byte = collatingElement(name, len);
    if (byte < 0) fail(REGEX_INVALID);
    else setAdd(set, byte);
    return byte;
  }
  if (kind == Token.Equivalence) {
    const byte = collatingElement(name, len);
    if (byte < 0) fail(REGEX_INVALID);
    else setAddEquivalent(set, byte);
  } else if (kind != Token.ClassName || !setAddClass(set, name, len)) fail(REGEX_INVALID);
  return CLASS;
}

// The dash is taken. A range goes from a byte to a byte or another dash.
function range(set: usize, first: i32): i32 {
  let last: i32 = 0x2d;
  if (first < 0) fail(REGEX_INVALID);
  else if (peek() == Token.Char) last = takeByte();
  else if (!accept(Token.Dash)) fail(REGEX_INVALID);
  const from = <i32>(<i8>first);
  const to = <i32>(<i8>last);
  if (from > to) fail(REGEX_INVALID);
  else setAddRange(set, from, to);
  return NOTHING;
}
