/** Path literals: absolute ones are made canonical, relative ones resolved against the file's folder, `~/` against the home folder. */
import { bufBytes, bufStr } from '../heap/text';
import { arenaAlloc } from './arena';
import { Node } from './ast';
import { ErrorKind, colourBegin, colourEnd, errorBegin } from './errors';
import { lint } from './lints';
import { node2 } from './nodes';
import {
  FEATURE_PURE,
  LINT_ABSOLUTE_PATH_SHIFT,
  LINT_SHORT_PATH_SHIFT,
  SX_DIR,
  SX_DIR_LEN,
  SX_FEATURES,
  SX_HOME,
  SX_HOME_LEN,
} from './state';

/** Appends the components of a path to the canonical path that begins at `to` and ends at `end` (empty: the root); returns its new end. */
function appendComponents(to: usize, end: usize, ptr: usize, len: u32): usize {
  const stop = ptr + len;
  let p = ptr;
  while (p < stop) {
    if (load<u8>(p) == 0x2f) {
      p++;
      continue;
    }
    let q = p + 1;
    while (q < stop && load<u8>(q) != 0x2f) q++;
    const size = q - p;
    if (size == 2 && load<u16>(p) == 0x2e2e) {
      while (end > to && load<u8>(--end) != 0x2f);
    } else if (size != 1 || load<u8>(p) != 0x2e) {
      store<u8>(end, 0x2f);
      memory.copy(end + 1, p, size);
      end += size + 1;
    }
    p = q;
  }
  return end;
}

/** The Path node of a literal. A slash at its end stays: it joins the path to an interpolation. */
function pathNode(ptr: usize, len: u32, relative: bool): usize {
  const dirLen: u32 = relative ? load<u32>(SX_DIR_LEN) : 0;
  const to = arenaAlloc(<usize>dirLen + <usize>len + 3);
  let end = to;
  if (relative) end = appendComponents(to, end, <usize>load<u32>(SX_DIR), dirLen);
  end = appendComponents(to, end, ptr, len);
  if (end == to) store<u8>(end++, 0x2f);
  if (len > 1 && load<u8>(ptr + len - 1) == 0x2f) store<u8>(end++, 0x2f);
  return node2(Node.Path, 0, <u32>to, <u32>(end - to));
}

/** The node of a PATH token, or 0 after an error. */
export function literalPath(ptr: usize, len: u32, pos: u32): usize {
  if (load<u8>(ptr) == 0x2f) {
    const before = "absolute path literals are not portable. Consider replacing path literal '";
    const behind = "' by a string, relative path, or parameter";
    if (!lint(LINT_ABSOLUTE_PATH_SHIFT, pos, before, ptr, len, behind, 0, 'lint-absolute-path-literals')) return 0;
    return pathNode(ptr, len, false);
  }
  if (load<u8>(ptr) != 0x2e) {
    const between = "' should be prefixed with '.' for clarity: './";
    if (!lint(LINT_SHORT_PATH_SHIFT, pos, "relative path literal '", ptr, len, between, len, 'lint-short-path-literals')) return 0;
  }
  return pathNode(ptr, len, true);
}

/** The node of an HPATH token, or 0 after an error. It is not made canonical. */
export function homePath(ptr: usize, len: u32, pos: u32): usize {
  if (load<u32>(SX_FEATURES) & FEATURE_PURE) {
    const buf = errorBegin(ErrorKind.Plain, 0);
    bufStr(buf, "the path '");
    colourBegin(buf);
    bufBytes(buf, ptr, len);
    colourEnd(buf);
    bufStr(buf, "' can not be resolved in pure mode");
    return 0;
  }
  const before = "home path literals are not portable. Consider replacing path literal '";
  const behind = "' by a string, relative path, or parameter";
  if (!lint(LINT_ABSOLUTE_PATH_SHIFT, pos, before, ptr, len, behind, 0, 'lint-absolute-path-literals')) return 0;
  const homeLen = load<u32>(SX_HOME_LEN);
  const to = arenaAlloc(<usize>homeLen + <usize>len);
  memory.copy(to, <usize>load<u32>(SX_HOME), homeLen);
  memory.copy(to + homeLen, ptr + 1, len - 1);
  return node2(Node.Path, 0, <u32>to, homeLen + len - 1);
}
