/**
 * Indented strings: the indentation common to all lines is taken away (Nix manual, "String literals"). The parts are items of four words:
 *
 *   | position | expression (0: a text) | text | length, with INDENTATION |
 */
import { arenaAlloc } from './arena';
import { FLAG_FORCE_STRING, Node } from './ast';
import { itemsAt, itemsDrop, itemsTake, itemsTop } from './items';
import { node2 } from './nodes';
import { INDENTATION } from './state';

export const PART_BYTES: u32 = 16;
const NO_INDENT: u32 = 1000000;

/** The least indentation of a line with something in it. Interpolations and escapes are something; a last line of blanks is not. */
function leastIndent(parts: u32, end: u32): u32 {
  let atStart = true;
  let least = NO_INDENT;
  let current: u32 = 0;
  for (let part = parts; part < end; part += PART_BYTES) {
    const item = itemsAt(part);
    const length = load<u32>(item, 12);
    if (load<u32>(item, 4) || !(length & INDENTATION)) {
      if (atStart && current < least) least = current;
      atStart = false;
      continue;
    }
    let p = <usize>load<u32>(item, 8);
    const stop = p + <usize>(length & ~INDENTATION);
    for (; p < stop; p++) {
      const c = load<u8>(p);
      if (c == 0x0a) {
        atStart = true;
        current = 0;
      } else if (atStart) {
        if (c == 0x20) current++;
        else {
          atStart = false;
          if (current < least) least = current;
        }
      }
    }
  }
  return least;
}

/** Whether the next byte begins a line, and how many of the line's blanks have been seen. */
const AT_START: usize = memory.data(4);
const DROPPED: usize = memory.data(4);

/** Copies a text without the indentation to `to`; returns the end. */
function strip(p: usize, stop: usize, to: usize, indent: u32): usize {
  let atStart = load<u32>(AT_START) != 0;
  let dropped = load<u32>(DROPPED);
  for (; p < stop; p++) {
    const c = <u32>load<u8>(p);
    if (c == 0x0a) {
      dropped = atStart ? 0 : dropped;
      atStart = true;
    } else if (atStart) {
      if (c == 0x20) {
        if (dropped++ < indent) continue;
      } else {
        atStart = false;
        dropped = 0;
      }
    }
    store<u8>(to, c);
    to++;
  }
  store<u32>(AT_START, atStart ? 1 : 0);
  store<u32>(DROPPED, dropped);
  return to;
}

/** The end of the text without a last line that is all blanks. */
function withoutLastBlanks(from: usize, end: usize): usize {
  let p = end;
  while (p > from && load<u8>(p - 1) == 0x20) p--;
  return p > from && load<u8>(p - 1) == 0x0a ? p : end;
}

/** The node of an indented string whose parts are the items from `parts` on; takes them off. */
export function indentedString(parts: u32, pos: u32): usize {
  const end = itemsTop();
  const indent = leastIndent(parts, end);
  store<u32>(AT_START, 1);
  store<u32>(DROPPED, 0);
  // what is left of the parts overwrites them, in pairs of position and expression
  let out = parts;
  let only: usize = 0;
  for (let part = parts; part < end; part += PART_BYTES) {
    const item = itemsAt(part);
    const partPos = load<u32>(item);
    let node = <usize>load<u32>(item, 4);
    if (node) {
      store<u32>(AT_START, 0);
      store<u32>(DROPPED, 0);
    } else {
      const length = load<u32>(item, 12) & ~INDENTATION;
      const from = <usize>load<u32>(item, 8);
      const to = arenaAlloc(length);
      let stop = strip(from, from + length, to, indent);
      if (part + PART_BYTES == end) stop = withoutLastBlanks(to, stop);
      if (stop == to) continue;
      node = node2(Node.String, 0, <u32>to, <u32>(stop - to));
    }
    only = node;
    store<u32>(itemsAt(out), partPos);
    store<u32>(itemsAt(out), <u32>node, 4);
    out += 8;
  }
  const count = (out - parts) >>> 3;
  if (!count || (count == 1 && load<u8>(only) == Node.String)) {
    itemsDrop(parts);
    return count ? only : node2(Node.String, 0, 0, 0);
  }
  itemsDrop(out);
  const array = itemsTake(parts);
  return node2((<u32>Node.ConcatStrings) | (FLAG_FORCE_STRING << 8), pos, <u32>array, count);
}
