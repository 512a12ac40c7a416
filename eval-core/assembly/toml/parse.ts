/**
 * Reads a TOML document into its tree. Arrays and inline tables that are open stand on a stack:
 *   | node | start | errors before | comma was found (1), is empty (2) | first of its keys | start, end of its keys |
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { errorCount, errorsOpen, failAt, lastReported, report } from './errors';
import { Guess, guessValue } from './guess';
import { readScalar, scalarsOpen } from './scalars';
import { skipComments, skipPair, skipSpace, skipToHeader, skipValue } from './skip';
import {
  HEADER_KEY,
  HEADER_OPEN,
  NO,
  accept,
  advance,
  at,
  atEnd,
  current,
  failedAt,
  go,
  here,
  missingPart,
  scanBlanks,
  scanByte,
  scanComment,
  scanHeader,
  scanNewline,
  scanText,
  sourceOpen,
} from './source';
import { keyCount, keysAt, keysForget, readKey, readString, stringsOpen } from './strings';
import {
  ARRAY,
  BY_ARRAY_HEADER,
  BY_DOTTED_KEY,
  BY_HEADER,
  EXPLICIT,
  INLINE,
  LITERAL,
  TABLE,
  appendElement,
  insert,
  newNode,
  setRegion,
  treeOpen,
} from './tree';

const OPEN: usize = memory.data(12, 4); // Buf
const FRAME: u32 = 28;
const enum F {
  Node = 0,
  Start = 4,
  Errors = 8,
  Flags = 12,
  Keys = 16,
  KeyFirst = 20,
  KeyLast = 24,
}
const COMMA: u32 = 1;
const EMPTY: u32 = 2;
/** What stands for a value that could not be read, with an error at hand. */
const FAILED: u32 = 0;
/** A value is needed before the container can go on. */
const NEEDS_VALUE: u32 = 1;

/** The root of the tree, or 0: errors were reported. */
export function parseDocument(ptr: usize, len: u32): u32 {
  sourceOpen(ptr, len);
  errorsOpen();
  treeOpen();
  stringsOpen();
  scalarsOpen();
  bufReset(OPEN);
  const root = newNode(TABLE, EXPLICIT, 0, 0);
  if (at(0) == 0xef && at(1) == 0xbb && at(2) == 0xbf) go(3);
  topComments();
  if (!readTable(root)) {
    report();
    skipToHeader();
  }
  while (!atEnd()) {
    skipSpace();
    readHeader(root);
  }
  return errorCount() ? 0 : root;
}

/** Comments before everything else are looked at first, and again with the root table. */
function topComments(): void {
  const first = here();
  while (!atEnd()) {
    const comment = readComment();
    if (comment == COMMENT_BAD) {
      report();
      skipComments();
    } else if (comment == COMMENT_NONE) {
      if (!accept(scanNewline(scanBlanks(here())))) go(first);
      return;
    }
  }
}

const COMMENT_NONE: u32 = 0;
const COMMENT_READ: u32 = 1;
const COMMENT_BAD: u32 = 2;

/** A comment up to the end of its line. */
function readComment(): u32 {
  const comment = scanComment(scanBlanks(here()));
  if (comment == NO) return COMMENT_NONE;
  go(comment);
  if (atEnd() || accept(scanNewline(here()))) return COMMENT_READ;
  while (!atEnd()) {
    advance();
    if (current() != 0x0a) continue;
    advance();
    break;
  }
  failAt(
    'toml::parse_comment_line: newline (LF / CRLF) or EOF is expected',
    here(),
    'but got this',
    'Hint: most of the control characters are not allowed in comments',
  );
  return COMMENT_BAD;
}

// ---- tables

/** Reads the lines of a table up to the next header; false with an error at hand. */
function readTable(table: u32): bool {
  const before = errorCount();
  let newline = true;
  while (!atEnd()) {
    const start = here();
    if (skipSpace()) newline = true;
    if (atEnd()) break;
    if (at(scanBlanks(here())) == 0x5b) {
      go(start);
      break;
    }
    if (!newline) {
      failAt('toml::parse_table: newline (LF / CRLF) or EOF is expected', here(), 'here', '');
      return false;
    }
    newline = readLine(table);
  }
  if (errorCount() == before) return true;
  lastReported(true);
  return false;
}
/** `key = value`; returns whether a comment ended the line. */
function readLine(table: u32): bool {
  const keys = keyCount();
  const first = here();
  if (!readKeyAndEquals(first)) {
    report();
    skipPair();
    return false;
  }
  const keyLast = load<u32>(KEY_LAST);
  const node = readValue();
  if (!node) {
    keysForget(keys);
    report();
    skipPair();
    return false;
  }
  const comment = readComment();
  if (comment == COMMENT_BAD) report();
  if (!insert(BY_DOTTED_KEY, table, keysAt(keys), keyCount() - keys, first, keyLast, node)) report();
  keysForget(keys);
  return comment == COMMENT_READ;
}
/** Behind the keys that `readKeyAndEquals` read. */
const KEY_LAST: usize = memory.data(4, 4);
function readKeyAndEquals(first: u32): bool {
  const keys = keyCount();
  if (!readKey()) {
    go(first);
    return false;
  }
  store<u32>(KEY_LAST, here());
  const equals = scanBlanks(here());
  if (at(equals) == 0x3d) {
    go(scanBlanks(equals + 1));
    return true;
  }
  failAt('toml::parse_key_value_pair: invalid key value separator `=`', equals, 'expected =', '');
  keysForget(keys);
  go(first);
  return false;
}

/** `[key]` or `[[key]]` with its lines; reports what is wrong. */
function readHeader(root: u32): void {
  const first = here();
  const keys = keyCount();
  let double = true;
  let last = scanHeader(first, true);
  if (last == NO) {
    double = false;
    last = scanHeader(first, false);
  }
  if (last == NO || !readHeaderKeys(first, last, double)) {
    keysForget(keys);
    failHeader(first);
    report();
    skipToHeader();
    return;
  }
  if (!endOfHeader()) {
    keysForget(keys);
    report();
    skipToHeader();
    return;
  }
  const how = double ? BY_ARRAY_HEADER : BY_HEADER;
  const made = newNode(TABLE, EXPLICIT, first, last);
  let table = insert(how, root, keysAt(keys), keyCount() - keys, first, last, made);
  keysForget(keys);
  if (!table) {
    // its lines are looked at for errors only
    report();
    table = newNode(TABLE, EXPLICIT, first, last);
  }
  if (readTable(table)) return;
  report();
  skipToHeader();
}
function readHeaderKeys(first: u32, last: u32, double: bool): bool {
  go(scanBlanks(first + (double ? 2 : 1)));
  if (!readKey()) return false;
  go(last);
  return true;
}
function failHeader(first: u32): void {
  const double = scanText(first, '[[') != NO;
  const i = scanHeader(first, double) == NO ? failedAt() : first;
  const part = missingPart();
  const expected =
    part == HEADER_OPEN
      ? double
        ? 'expected [['
        : 'expected ['
      : part == HEADER_KEY
        ? 'expected basic key([a-zA-Z0-9_-]) or quoted key(" or \')'
        : double
          ? 'expected ]]'
          : 'expected ]';
  failAt(double ? 'toml::parse_file: invalid array-table key' : 'toml::parse_file: invalid table key', i, expected, '');
  go(first);
}
/** Behind a header only a comment may stand. */
function endOfHeader(): bool {
  const comment = readComment();
  if (comment == COMMENT_READ) return true;
  if (comment == COMMENT_BAD) return false;
  go(scanBlanks(here()));
  if (atEnd() || accept(scanNewline(here()))) return true;
  failAt('toml::parse_file: newline (or EOF) expected', here(), 'expected 0x0a(LINE FEED) or \r\n', '');
  return false;
}

// ---- values

// @ts-ignore: decorator
@inline
function top(): usize {
  return bufData(OPEN) + bufLen(OPEN) - FRAME;
}
function openContainer(node: u32, start: u32, flags: u32): void {
  const f = bufReserve(OPEN, FRAME);
  bufSetLen(OPEN, bufLen(OPEN) + FRAME);
  store<u32>(f, node, F.Node);
  store<u32>(f, start, F.Start);
  store<u32>(f, errorCount(), F.Errors);
  store<u32>(f, flags, F.Flags);
  store<u32>(f, keyCount(), F.Keys);
}
function setComma(f: usize, found: bool): void {
  store<u32>(f, (load<u32>(f, F.Flags) & ~COMMA) | (found ? COMMA : 0), F.Flags);
}

/** Reads a value of any kind; its node, or 0 with an error at hand. */
function readValue(): u32 {
  const base = bufLen(OPEN);
  let node = beginValue();
  for (;;) {
    if (node == NEEDS_VALUE) {
      node = proceed();
      if (node == NEEDS_VALUE) node = beginValue();
      continue;
    }
    if (bufLen(OPEN) == base) return node;
    const f = top();
    const goesOn = load<u32>(f, F.Flags) & IS_TABLE ? addPair(f, node) : addElement(f, node);
    node = goesOn ? NEEDS_VALUE : close(f);
  }
  return 0;
}
const IS_TABLE: u32 = 4;

/** A whole scalar, a failure, or NEEDS_VALUE after opening an array or inline table. */
function beginValue(): u32 {
  const kind = guessValue();
  switch (kind) {
    case Guess.Error:
      return FAILED;
    case Guess.String:
      return readString();
    case Guess.Array:
      openContainer(newNode(ARRAY, LITERAL, here(), here()), here(), COMMA);
      advance();
      skipSpace();
      return NEEDS_VALUE;
    case Guess.Table:
      openContainer(newNode(TABLE, INLINE, here(), here()), here(), EMPTY | IS_TABLE);
      advance();
      go(scanBlanks(here()));
      return NEEDS_VALUE;
  }
  return readScalar(kind);
}

/** Goes on with the container on top: NEEDS_VALUE where its next value begins, else what became of it. */
function proceed(): u32 {
  const f = top();
  if (load<u32>(f, F.Flags) & IS_TABLE) return proceedTable(f);
  if (atEnd() || current() == 0x5d) return close(f);
  if (load<u32>(f, F.Flags) & COMMA) return NEEDS_VALUE;
  failAt('toml::parse_array: expected value-separator `,` or closing `]`', here(), 'here', '');
  return drop();
}
function proceedTable(f: usize): u32 {
  const flags = load<u32>(f, F.Flags);
  if (atEnd()) return close(f);
  if (current() == 0x7d) {
    if (!(flags & COMMA)) return close(f);
    failAt('toml::parse_inline_table: trailing comma is not allowed in TOML-v1.0.0)', here(), 'here', '');
    return drop();
  }
  if (!(flags & (COMMA | EMPTY))) {
    failAt('toml::parse_inline_table: expected value-separator `,` or closing `}`', here(), 'here', '');
    return drop();
  }
  store<u32>(f, flags & ~EMPTY, F.Flags);
  const first = here();
  if (!readKeyAndEquals(first)) {
    skipPairInTable();
    return close(f);
  }
  store<u32>(f, first, F.KeyFirst);
  store<u32>(f, load<u32>(KEY_LAST), F.KeyLast);
  return NEEDS_VALUE;
}
/** Leaves the container on top with the error at hand. */
function drop(): u32 {
  bufSetLen(OPEN, bufLen(OPEN) - FRAME);
  return FAILED;
}

/** Adds an element (or reports why there is none); false where the array ends. */
function addElement(f: usize, node: u32): bool {
  if (!node) {
    report();
    const before = here();
    skipValue();
    return here() != before;
  }
  skipSpace();
  const comma = accept(scanByte(here(), 0x2c));
  setComma(f, comma);
  if (readComment() == COMMENT_BAD) report();
  if (comma) skipSpace();
  appendElement(load<u32>(f, F.Node), node);
  return true;
}
/** Adds a pair to an inline table; false where the table ends. */
function addPair(f: usize, node: u32): bool {
  const keys = load<u32>(f, F.Keys);
  if (!node) {
    keysForget(keys);
    skipPairInTable();
    return false;
  }
  const added = insert(
    BY_DOTTED_KEY,
    load<u32>(f, F.Node),
    keysAt(keys),
    keyCount() - keys,
    load<u32>(f, F.KeyFirst),
    load<u32>(f, F.KeyLast),
    node,
  );
  keysForget(keys);
  if (added) {
    go(scanBlanks(here()));
    setComma(f, accept(scanByte(here(), 0x2c)));
    go(scanBlanks(here()));
    return true;
  }
  report();
  while (!atEnd()) {
    const c = current();
    if (c == 0x2c || c == 0x0a || c == 0x7d) {
      setComma(f, c == 0x2c);
      break;
    }
    advance();
  }
  return true;
}
/** Reports the error at hand, and skips to the end of the inline table or of the line. */
function skipPairInTable(): void {
  report();
  while (!atEnd() && current() != 0x7d && current() != 0x0a) advance();
}

/** Ends the container on top: its node, or FAILED with an error at hand. */
function close(f: usize): u32 {
  const isTable = (load<u32>(f, F.Flags) & IS_TABLE) != 0;
  const node = load<u32>(f, F.Node);
  const before = load<u32>(f, F.Errors);
  if (current() != (isTable ? 0x7d : 0x5d)) {
    if (isTable) failAt('toml::parse_inline_table: missing closing bracket `}`', here(), 'expected `}`, reached line end', '');
    else failAt('toml::parse_array: missing closing bracket `]`', here(), 'expected `]`, reached EOF', '');
    return drop();
  }
  advance();
  if (errorCount() != before) {
    // an array's last error is reported once more by whoever holds it
    lastReported(isTable);
    return drop();
  }
  setRegion(node, load<u32>(f, F.Start), here());
  bufSetLen(OPEN, bufLen(OPEN) - FRAME);
  return node;
}
