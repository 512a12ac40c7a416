/** Lints, and the warning about `or` as a name. */
import { bufByte, bufBytes, bufLen, bufStr } from '../heap/text';
import { N_POS, Node } from './ast';
import { ErrorKind, WarningKind, bufPosition, colourBegin, colourEnd, errorBegin, warningBegin, warningEnd } from './errors';
import { CALL_OR_END } from './nodes';
import { LINT_URL_SHIFT, SX_DELTA, SX_FEATURES, WN_BUF } from './state';

const IGNORE: u32 = 0;
const FATAL: u32 = 2;

/**
 * Reports what a lint has found as a warning or, where it is fatal, as an error; returns whether to go on. The message is `before`, the
 * literal, `behind`; where `again` is its length, once more the literal and a quote.
 */
export function lint(shift: u32, pos: u32, before: string, ptr: usize, len: u32, behind: string, again: u32, setting: string): bool {
  const level = (load<u32>(SX_FEATURES) >>> shift) & 3;
  if (level == IGNORE) return true;
  const begin = bufLen(WN_BUF);
  const buf = level == FATAL ? errorBegin(ErrorKind.Parse, pos) : warningBegin(WarningKind.Positioned, pos);
  bufStr(buf, before);
  bufLiteral(buf, ptr, len);
  bufStr(buf, behind);
  if (again) {
    bufLiteral(buf, ptr, len);
    bufStr(buf, "'");
  }
  bufStr(buf, ' (');
  bufStr(buf, setting);
  bufStr(buf, ')');
  if (level == FATAL) return false;
  warningEnd(begin);
  return true;
}

function bufLiteral(buf: usize, ptr: usize, len: u32): void {
  colourBegin(buf);
  bufBytes(buf, ptr, len);
  colourEnd(buf);
}

/** The lint on URIs that are not quoted. */
export function lintUri(ptr: usize, len: u32, pos: u32): bool {
  const fatal = ((load<u32>(SX_FEATURES) >>> LINT_URL_SHIFT) & 3) == FATAL;
  const before = fatal
    ? 'URL literals are \x0edisallowed\x0f. Consider using a string literal "'
    : 'URL literals are \x0ediscouraged\x0f. Consider using a string literal "';
  return lint(LINT_URL_SHIFT, pos, before, ptr, len, '" instead', 0, 'lint-url-literals');
}

/** Warns where `node` is a call like `f or` that stands where a future Nix would read `or` as a name of its own. */
export function warnAboutOr(node: usize): void {
  if (load<u8>(node) != Node.Call || !load<u32>(node, CALL_OR_END)) return;
  const pos = load<u32>(node, N_POS);
  const begin = bufLen(WN_BUF);
  const buf = warningBegin(WarningKind.Plain, pos);
  bufStr(buf, 'at ');
  bufPosition(buf, pos);
  bufStr(buf, ': This expression uses `or` as an identifier in a way that will change in a future Nix release.\n');
  bufStr(buf, 'Wrap this entire expression in parentheses to preserve its current meaning:\n    (');
  bufLines(buf, <usize>(pos - load<u32>(SX_DELTA)), <usize>(load<u32>(node, CALL_OR_END) - load<u32>(SX_DELTA)));
  bufStr(buf, ')\nGive feedback at https://github.com/NixOS/nix/pull/11121');
  warningEnd(begin);
}

/** Source text, with its line ends as newlines. */
function bufLines(buf: usize, p: usize, end: usize): void {
  for (; p < end; p++) {
    const c = <u32>load<u8>(p);
    bufByte(buf, c == 0x0d ? 0x0a : c);
    if (c == 0x0d && p + 1 < end && load<u8>(p, 1) == 0x0a) p++;
  }
}
