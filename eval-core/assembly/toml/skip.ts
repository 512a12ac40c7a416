/** After an error: where reading goes on, so that further errors of the document are reported too. */
import { bufByte, bufData, bufLen, bufReset, bufSetLen } from '../heap/text';
import { Guess, guessValue } from './guess';
import { NO, accept, advance, atEnd, current, go, here, isHeader, scanBlanks, scanComment, scanNewline, scanText } from './source';

const NEWLINE: u32 = 0x0a;
/** The arrays (0) and inline tables (1) that are being skipped, a byte each. */
const LEVELS: usize = memory.data(12, 4); // Buf

/** Skips comments and empty lines. */
export function skipComments(): void {
  while (!atEnd()) {
    go(scanBlanks(here()));
    if (current() == 0x23) {
      while (!atEnd() && current() != NEWLINE) advance();
      advance();
    } else if (!accept(scanNewline(here()))) return;
  }
}

/** Skips a string-like stretch, whatever is in it. */
function skipString(): void {
  const quote = current();
  const long = quote == 0x22 ? '"""' : "'''";
  if (accept(scanText(here(), long))) {
    while (!atEnd() && !accept(scanText(here(), long))) advance();
    return;
  }
  while (!atEnd()) {
    advance();
    if (current() != quote && current() != NEWLINE) continue;
    advance();
    return;
  }
}

function enter(isTable: u32): void {
  bufByte(LEVELS, isTable);
  advance();
}
/** Skips an array or inline table from its bracket, up to its end or to what cannot be in it. */
function skipNested(isTable: u32): void {
  bufReset(LEVELS);
  enter(isTable);
  while (bufLen(LEVELS)) {
    if (atEnd() || endsLevel(load<u8>(bufData(LEVELS) + bufLen(LEVELS) - 1) != 0)) bufSetLen(LEVELS, bufLen(LEVELS) - 1);
  }
}
/** Skips one thing in the innermost level; true where the level ends, before its bracket. */
function endsLevel(inTable: bool): bool {
  const c = current();
  if (inTable && c == NEWLINE) return true;
  if (c == (inTable ? 0x7d : 0x5d)) return true;
  if (c == 0x22 || c == 0x27) skipString();
  else if (c == 0x23) {
    skipComments();
    return inTable;
  } else if (c == 0x5b) {
    if (isHeader(here())) return true;
    enter(0);
  } else if (c == 0x7b) enter(1);
  else if (c == 0x3d && !inTable) {
    // the closing bracket is missing: back to the start of the line with the next key
    toLineStart();
    return true;
  } else advance();
  return false;
}
function toLineStart(): void {
  while (here()) {
    go(here() - 1);
    if (current() != NEWLINE) continue;
    advance();
    return;
  }
}

/** Skips what looks like a value. */
export function skipValue(): void {
  switch (guessValue()) {
    case Guess.String:
      return skipString();
    case Guess.Array:
      return skipNested(0);
    case Guess.Table:
      return skipNested(1);
  }
  while (!atEnd()) {
    const c = current();
    if (c == NEWLINE || c == 0x2c || c == 0x5d || c == 0x7d) return;
    advance();
  }
}

/** Skips to behind the value of a line, or to its end. */
export function skipPair(): void {
  while (!atEnd()) {
    if (current() == 0x3d) {
      go(scanBlanks(here()));
      skipValue();
      return;
    }
    if (current() == NEWLINE) return;
    advance();
  }
}

/** Skips to the start of the line with the next table's header. */
export function skipToHeader(): void {
  while (!atEnd()) {
    if (current() == NEWLINE) {
      advance();
      const line = here();
      go(scanBlanks(line));
      if (isHeader(here())) {
        go(line);
        return;
      }
    }
    advance();
  }
}

/** Skips blanks, newlines and comment lines; tells whether there was a newline. */
export function skipSpace(): bool {
  let newline = false;
  while (!atEnd()) {
    const comment = scanComment(here());
    const behind = comment == NO ? NO : scanNewline(comment);
    if (accept(behind) || accept(scanNewline(here()))) newline = true;
    else {
      const blanks = scanBlanks(here());
      if (blanks == here()) break;
      go(blanks);
    }
  }
  return newline;
}
