/** Integers and floats. */
import { bufBytes, bufStr } from '../heap/text';
import { CLASSES, IS_DIGIT } from '../gen/chars';
import { Tok } from '../gen/grammar';
import { FLOAT_EXACT, parseFloat, parseFloatRange } from '../value/strtod';
import { ErrorKind, colourBegin, colourEnd, errorBegin } from './errors';
import { LEX_FAILED, matched } from './match';
import { LX_BEGIN, LX_VALUE } from './state';

// @ts-ignore: decorator
@inline
function isDigit(p: usize): bool {
  return (load<u8>(CLASSES + load<u8>(p)) & IS_DIGIT) != 0;
}

// @ts-ignore: decorator
@inline
function digitRun(p: usize): usize {
  while (isDigit(p)) p++;
  return p;
}

/** Whether the dot at `p` and what follows are a float: `.5`. */
export function startsFraction(p: usize): bool {
  return isDigit(p + 1);
}

function invalid(what: string, p: usize, q: usize): u32 {
  const buf = errorBegin(ErrorKind.Parse, load<u32>(LX_BEGIN));
  bufStr(buf, what);
  colourBegin(buf);
  bufBytes(buf, p, <u32>(q - p));
  colourEnd(buf);
  bufStr(buf, "'");
  return LEX_FAILED;
}

function lexInteger(p: usize, q: usize): u32 {
  matched(q, Tok.INT);
  let value: u64 = 0;
  for (let d = p; d < q; d++) {
    const digit = <u64>load<u8>(d) - 0x30;
    if (value > 922337203685477580 || (value == 922337203685477580 && digit > 7)) return invalid("invalid integer '", p, q);
    value = value * 10 + digit;
  }
  store<u64>(LX_VALUE, value);
  return Tok.INT;
}

/** The number at `p`: a digit, or a dot before a digit. `1.` and `0.5` are floats; `00.5` is 00 applied to .5. */
export function lexNumber(p: usize): u32 {
  let q = digitRun(p);
  const leading = q - p;
  if (load<u8>(q) != 0x2e) return lexInteger(p, q);
  const plain = leading > 0 && load<u8>(p) != 0x30;
  const fraction = leading == 0 || (leading == 1 && isDigit(q + 1));
  if (!plain && !fraction) return lexInteger(p, q);
  q = digitRun(q + 1);
  if ((load<u8>(q) | 0x20) == 0x65) {
    const sign = load<u8>(q, 1) == 0x2b || load<u8>(q, 1) == 0x2d ? 1 : 0;
    if (isDigit(q + 1 + sign)) q = digitRun(q + 1 + sign);
  }
  matched(q, Tok.FLOAT);
  store<f64>(LX_VALUE, parseFloat(p, <u32>(q - p)));
  return parseFloatRange() == FLOAT_EXACT ? Tok.FLOAT : invalid("invalid float '", p, q);
}
