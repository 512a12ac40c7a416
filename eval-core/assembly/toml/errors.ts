/**
 * Errors about TOML documents, in the form of the library that Nix reads them with: a title, one or two places with their lines
 * underlined, and a hint. A document may have several errors: they are reported one after the other.
 *
 *   the error at hand: offset and length in TEXT      reported: pairs of offset and length
 */
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReserve, bufReset, bufSetLen, bufStr } from '../heap/text';
import { bufHexByte, LOWER_A } from '../print/json';
import { sourceIsWhole, sourceLen, sourcePtr } from './source';

const TEXT: usize = memory.data(12, 4); // Buf
const REPORTED: usize = memory.data(12, 4); // Buf
const AT_HAND: usize = memory.data(8, 4);

export function errorsOpen(): void {
  bufReset(TEXT);
  bufReset(REPORTED);
}
/** How many errors have been reported. */
export function errorCount(): u32 {
  return bufLen(REPORTED) >>> 3;
}
/** Reports the error at hand. */
export function report(): void {
  store<u64>(bufReserve(REPORTED, 8), load<u64>(AT_HAND));
  bufSetLen(REPORTED, bufLen(REPORTED) + 8);
}
/** Makes the error that was reported last the one at hand; it stays reported unless `take`. */
export function lastReported(take: bool): void {
  store<u64>(AT_HAND, load<u64>(bufData(REPORTED) + bufLen(REPORTED) - 8));
  if (take) bufSetLen(REPORTED, bufLen(REPORTED) - 8);
}
/** Appends all that were reported. */
export function bufReported(b: usize): void {
  for (let i: u32 = 0; i < bufLen(REPORTED); i += 8) {
    const pair = bufData(REPORTED) + i;
    bufBytes(b, bufData(TEXT) + load<u32>(pair), load<u32>(pair, 4));
  }
}

// Places in the text: [first, last), and the number of the line of each.
const PLACES: usize = memory.data(32, 4);
const PLACE_BYTES: u32 = 16;

/** The line of an offset, from 1. */
function lineOf(i: u32): u32 {
  let line: u32 = 1;
  for (let k: u32 = 0; k < i; k++) if (load<u8>(sourcePtr() + k) == 0x0a) line++;
  return line;
}
function setPlace(which: u32, first: u32, last: u32, lastLine: u32): void {
  const p = PLACES + which * PLACE_BYTES;
  store<u32>(p, first);
  store<u32>(p, last, 4);
  store<u32>(p, lineOf(first), 8);
  store<u32>(p, lastLine, 12);
}
/** The place of one byte; at the end of the text, of the last byte, which counts as two lines if it is a newline. */
function setPoint(which: u32, i: u32): void {
  if (i >= sourceLen()) setPlace(which, i ? i - 1 : 0, i, lineOf(i));
  else setPlace(which, i, i + 1, lineOf(i));
}

/** An error at one byte. */
export function failAt(title: string, i: u32, message: string, hint: string): void {
  setPoint(0, i);
  format(title, message, 1, '', hint);
}
/** An error over a region. */
export function failOver(title: string, first: u32, last: u32, message: string): void {
  setPlace(0, first, last, lineOf(last));
  format(title, message, 1, '', '');
}
/** An error over two regions. */
export function failBoth(title: string, first: u32, last: u32, message: string, first2: u32, last2: u32, message2: string): void {
  setPlace(0, first, last, lineOf(last));
  setPlace(1, first2, last2, lineOf(last2));
  format(title, message, 2, message2, '');
}

function format(title: string, message: string, places: u32, message2: string, hint: string): void {
  const start = bufLen(TEXT);
  bufStr(TEXT, '[error] ');
  bufStr(TEXT, title);
  bufByte(TEXT, 0x0a);
  let width = numberWidth(load<u32>(PLACES, 12));
  if (places == 2) {
    const other = numberWidth(load<u32>(PLACES + PLACE_BYTES, 12));
    if (other > width) width = other;
  }
  bufStr(TEXT, sourceIsWhole() ? ' --> fromTOML\n' : ' --> internal temporary\n');
  bufMargin(width, ' |\n');
  formatPlace(width, PLACES, message);
  if (places == 2) {
    bufMargin(width, ' | ...\n');
    bufMargin(width, ' |\n');
    formatPlace(width, PLACES + PLACE_BYTES, message2);
  }
  bufStr(TEXT, hint);
  store<u32>(AT_HAND, start);
  store<u32>(AT_HAND, bufLen(TEXT) - start, 4);
}
function numberWidth(n: u32): u32 {
  let width: u32 = 0;
  for (; n; n /= 10) width++;
  return width;
}
function bufSpaces(n: u32): void {
  for (; n; n--) bufByte(TEXT, 0x20);
}
function bufMargin(width: u32, text: string): void {
  bufSpaces(width + 1);
  bufStr(TEXT, text);
}
function bufUnderline(width: u32, column: u32, length: u32, message: string): void {
  bufMargin(width, ' | ');
  bufSpaces(column ? column - 1 : 0);
  for (; length; length--) bufByte(TEXT, 0x5e);
  bufStr(TEXT, '-- ');
  bufStr(TEXT, message);
  bufByte(TEXT, 0x0a);
}

// The line that `findLine` found: | first | last | cut before | cut behind | column of the region, from 1 |
const LINE: usize = memory.data(20, 4);

/** The line around [first, last], of which at most 30 bytes are shown on both sides. */
function findLine(first: u32, last: u32): void {
  const size = sourceLen();
  const src = sourcePtr();
  const least: u32 = first <= 30 ? 0 : first - 30;
  const most: u32 = size - last <= 30 ? size : last + 30;
  let from = first;
  while (from > least && load<u8>(src + from - 1) != 0x0a) from--;
  let to = last;
  while (to < most && load<u8>(src + to) != 0x0a) to++;
  const cutBefore = from != 0 && load<u8>(src + from - 1) != 0x0a;
  store<u32>(LINE, from);
  store<u32>(LINE, to, 4);
  store<u32>(LINE, cutBefore ? 1 : 0, 8);
  store<u32>(LINE, to != size && load<u8>(src + to) != 0x0a ? 1 : 0, 12);
  store<u32>(LINE, first - from + (cutBefore ? 5 : 1), 16);
}
function lineColumn(): u32 {
  return load<u32>(LINE, 16);
}
/** How many bytes are shown. */
function lineLength(): u32 {
  return load<u32>(LINE, 4) - load<u32>(LINE) + (load<u32>(LINE, 8) + load<u32>(LINE, 12)) * 4;
}
function bufLineNumber(width: u32, n: u32): void {
  bufByte(TEXT, 0x20);
  bufSpaces(width > numberWidth(n) ? width - numberWidth(n) : 0);
  bufI64(TEXT, n);
  bufStr(TEXT, ' | ');
}
function bufLine(width: u32, n: u32): void {
  bufLineNumber(width, n);
  if (load<u32>(LINE, 8)) bufStr(TEXT, '... ');
  const end = load<u32>(LINE, 4);
  for (let i = load<u32>(LINE); i < end; i++) bufVisible(<u32>load<u8>(sourcePtr() + i));
  if (load<u32>(LINE, 12)) bufStr(TEXT, ' ...');
  bufByte(TEXT, 0x0a);
}
/** A byte as it is, or its number and name. */
function bufVisible(c: u32): void {
  if (c >= 0x20 && c < 0x7f) {
    bufByte(TEXT, c);
    return;
  }
  bufStr(TEXT, '0x');
  bufHexByte(TEXT, c, LOWER_A);
  if (c == 9) bufStr(TEXT, '(TAB)');
  else if (c == 10) bufStr(TEXT, '(LINE FEED)');
  else if (c == 11) bufStr(TEXT, '(VERTICAL TAB)');
  else if (c == 12) bufStr(TEXT, '(FORM FEED)');
  else if (c == 13) bufStr(TEXT, '(CARRIAGE RETURN)');
  else if (c == 27) bufStr(TEXT, '(ESCAPE)');
}

function formatPlace(width: u32, p: usize, message: string): void {
  const first = load<u32>(p);
  const last = load<u32>(p, 4);
  const firstLine = load<u32>(p, 8);
  const lastLine = load<u32>(p, 12);
  const end = last > first ? last - 1 : first;
  if (firstLine == lastLine) {
    findLine(first, end);
    const column = lineColumn();
    const length = lineLength();
    const room: u32 = length < column ? 1 : length - column + 1;
    bufLine(width, firstLine);
    bufUnderline(width, column, room < last - first ? room : last - first, message);
    return;
  }
  // several lines: the first and the last of them
  const lines = lastLine - firstLine;
  findLine(first, firstNewline(first, sourceLen() - first > 60 ? first + 50 : sourceLen()));
  bufLine(width, firstLine);
  const over = lineLength() + 1;
  bufUnderline(width, lineColumn(), over > lineColumn() ? over - lineColumn() : 0, lines == 1 ? '' : 'and');
  if (lines > 1) {
    bufLineNumber(width, firstLine + 1);
    bufStr(TEXT, '...\n');
    bufUnderline(width, 1, 3, 'and');
  }
  // the library looks for the last line from the start of the text
  findLine(firstNewline(end > 60 ? end - 50 : 0, end), end);
  bufLine(width, lastLine);
  bufUnderline(width, 1, lineColumn(), message);
}
function firstNewline(from: u32, to: u32): u32 {
  while (from < to && load<u8>(sourcePtr() + from) != 0x0a) from++;
  return from;
}
