/** Prints the bindings of a set: `inherit …; inherit (e) …; name = e; "${e}" = e; `. */
import { bufByte, bufStr } from '../heap/text';
import { arenaAlloc } from '../syntax/arena';
import {
  AS_DYN,
  AS_DYN_COUNT,
  AS_FROM,
  AS_FROM_COUNT,
  AS_STATIC,
  AS_STATIC_COUNT,
  ATTR_WORDS,
  AttrKind,
  DYN_WORDS,
  N_A,
} from '../syntax/ast';
import { bufSymbol } from '../syntax/errors';
import { AT_EXPR, AT_KIND } from '../syntax/sets';
import { sortByName } from './ast-sort';
import { Task, later, laterExpr, push } from './ast-tasks';

/**
 * Bindings wait as a record:
 *
 *   | set | its attributes by name | number | those inherited from expressions, by expression, then name | number |
 */
const BINDINGS_BYTES: usize = 20;
const B_SET: usize = 0;
const B_SORTED: usize = 4;
const B_COUNT: usize = 8;
const B_GROUPED: usize = 12;
const B_GROUPED_COUNT: usize = 16;

export function beginBindings(set: usize): void {
  const count = load<u32>(set, AS_STATIC_COUNT);
  const record = arenaAlloc(BINDINGS_BYTES);
  store<u32>(record, <u32>set, B_SET);
  store<u32>(record, <u32>sortByName(<usize>load<u32>(set, AS_STATIC), count, ATTR_WORDS * 4), B_SORTED);
  store<u32>(record, count, B_COUNT);
  const dynamic = load<u32>(set, AS_DYN_COUNT);
  if (dynamic) push(Task.Dynamic, <usize>load<u32>(set, AS_DYN), dynamic);
  if (!count) return;
  groupByFrom(record);
  push(Task.Bindings, record, 0);
}

function fromIndex(attr: usize): u32 {
  const select = <usize>load<u32>(attr, AT_EXPR);
  return load<u32>(<usize>load<u32>(select, N_A), N_A);
}

/** Lists the attributes that are inherited from expressions, by expression, then name: a counting sort of what is sorted by name. */
function groupByFrom(record: usize): void {
  const set = <usize>load<u32>(record, B_SET);
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  const groups = load<u32>(set, AS_FROM_COUNT);
  store<u32>(record, 0, B_GROUPED_COUNT);
  if (!groups) return;
  const starts = arenaAlloc((<usize>(groups + 1)) << 2);
  memory.fill(starts, 0, (<usize>(groups + 1)) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, AT_KIND) != AttrKind.InheritedFrom) continue;
    const at = starts + ((<usize>(fromIndex(attr) + 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let g: u32 = 0; g < groups; g++) {
    const at = starts + ((<usize>g) << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  const total = load<u32>(starts + ((<usize>groups) << 2));
  const grouped = arenaAlloc((<usize>total) << 2);
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, AT_KIND) != AttrKind.InheritedFrom) continue;
    const at = starts + ((<usize>fromIndex(attr)) << 2);
    store<u32>(grouped + ((<usize>load<u32>(at)) << 2), <u32>attr);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(record, <u32>grouped, B_GROUPED);
  store<u32>(record, total, B_GROUPED_COUNT);
}

function printInherited(record: usize, buf: usize): void {
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  let any = false;
  for (let i: u32 = 0; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, AT_KIND) != AttrKind.Inherited) continue;
    bufStr(buf, any ? ' ' : 'inherit ');
    bufSymbol(buf, load<u32>(attr));
    any = true;
  }
  if (any) bufStr(buf, '; ');
}

/**
 * One step of a set's bindings. `at` counts: 0, what is inherited; then for each group of `inherit (e)` its first attribute, at `1 + 2 i`
 * before the expression and `2 + 2 i` behind it; then the plain attributes.
 */
export function printBinding(record: usize, at: u32, buf: usize): void {
  if (!at) printInherited(record, buf);
  const grouped = <usize>load<u32>(record, B_GROUPED);
  const total = load<u32>(record, B_GROUPED_COUNT);
  const i = at ? (at - 1) >>> 1 : 0;
  if (i < total) {
    if (at && !(at & 1)) return printNames(record, i, buf);
    const set = <usize>load<u32>(record, B_SET);
    const from = fromIndex(<usize>load<u32>(grouped + ((<usize>i) << 2)));
    bufStr(buf, 'inherit (');
    push(Task.Bindings, record, 2 + 2 * i);
    return laterExpr(<usize>load<u32>(<usize>load<u32>(set, AS_FROM) + ((<usize>from) << 2)));
  }
  printPlain(record, at ? at - 1 - 2 * total : 0, total, buf);
}

/** The names of the group that begins with attribute `i`. */
function printNames(record: usize, i: u32, buf: usize): void {
  const grouped = <usize>load<u32>(record, B_GROUPED);
  const total = load<u32>(record, B_GROUPED_COUNT);
  const from = fromIndex(<usize>load<u32>(grouped + ((<usize>i) << 2)));
  bufByte(buf, 0x29);
  for (; i < total; i++) {
    const attr = <usize>load<u32>(grouped + ((<usize>i) << 2));
    if (fromIndex(attr) != from) break;
    bufByte(buf, 0x20);
    bufSymbol(buf, load<u32>(attr));
  }
  bufStr(buf, '; ');
  push(Task.Bindings, record, 1 + 2 * i);
}

/** The next plain attribute from the `i`th on. */
function printPlain(record: usize, i: u32, total: u32, buf: usize): void {
  const sorted = <usize>load<u32>(record, B_SORTED);
  const count = load<u32>(record, B_COUNT);
  for (; i < count; i++) {
    const attr = <usize>load<u32>(sorted + ((<usize>i) << 2));
    if (load<u32>(attr, AT_KIND) != AttrKind.Plain) continue;
    bufSymbol(buf, load<u32>(attr));
    bufStr(buf, ' = ');
    push(Task.Bindings, record, 1 + 2 * total + i + 1);
    later('; ');
    return laterExpr(<usize>load<u32>(attr, AT_EXPR));
  }
}

export function printDynamic(a: usize, n: u32, buf: usize): void {
  if (n > 1) push(Task.Dynamic, a + DYN_WORDS * 4, n - 1);
  bufStr(buf, '"${');
  later('; ');
  laterExpr(<usize>load<u32>(a, 4));
  later('}" = ');
  laterExpr(<usize>load<u32>(a));
}
