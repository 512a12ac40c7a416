/**
 * The tree of a TOML document while it is read: what may still be added to depends on how a table or array was made.
 *
 *   node: | kind | form | first | last (region in the text) | value, or first child | last child | count | not tables |
 *         | next sibling | key symbol |                       an address in NODES is an offset; 0 is no node
 *   children of tables by key: a hash table of | table | key | node |
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { allocList, listSet } from '../value/layout';
import { DUP_FIRST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { failBoth } from './errors';

const NODES: usize = memory.data(12, 4); // Buf
const INDEX: usize = memory.data(12, 4); // Buf: the hash table
const INDEX_SIZE: usize = memory.data(8, 4); // entries in use, mask

export const SCALAR: u32 = 0;
export const TABLE: u32 = 1;
export const ARRAY: u32 = 2;

// How a table was made …
export const IMPLICIT: u32 = 0;
export const DOTTED: u32 = 1;
export const EXPLICIT: u32 = 2;
export const INLINE: u32 = 3;
// … and an array.
export const LITERAL: u32 = 0;
export const OF_TABLES: u32 = 1;

const NODE_BYTES: u32 = 40;

const enum N {
  Kind = 0,
  Form = 4,
  First = 8,
  Last = 12,
  Value = 16,
  Tail = 20,
  Count = 24,
  Others = 28,
  Next = 32,
  Key = 36,
}
// @ts-ignore: decorator
@inline
function get(node: u32, field: N): u32 {
  return load<u32>(bufData(NODES) + node + field);
}
// @ts-ignore: decorator
@inline
function set(node: u32, field: N, v: u32): void {
  store<u32>(bufData(NODES) + node + field, v);
}

export function treeOpen(): void {
  bufReset(NODES);
  bufReset(INDEX);
  bufReserve(NODES, NODE_BYTES);
  bufSetLen(NODES, NODE_BYTES);
  indexResize(1023);
}

/** A new node over a region of the text. */
export function newNode(kind: u32, form: u32, first: u32, last: u32): u32 {
  const node = bufLen(NODES);
  memory.fill(bufReserve(NODES, NODE_BYTES), 0, NODE_BYTES);
  bufSetLen(NODES, node + NODE_BYTES);
  set(node, N.Kind, kind);
  set(node, N.Form, form);
  set(node, N.First, first);
  set(node, N.Last, last);
  return node;
}
export function newScalar(value: usize, first: u32, last: u32): u32 {
  const node = newNode(SCALAR, 0, first, last);
  set(node, N.Value, <u32>value);
  return node;
}
export function setRegion(node: u32, first: u32, last: u32): void {
  set(node, N.First, first);
  set(node, N.Last, last);
}

// ---- children

function append(parent: u32, node: u32): void {
  const tail = get(parent, N.Tail);
  if (tail) set(tail, N.Next, node);
  else set(parent, N.Value, node);
  set(parent, N.Tail, node);
  set(parent, N.Count, get(parent, N.Count) + 1);
  if (get(node, N.Kind) != TABLE) set(parent, N.Others, get(parent, N.Others) + 1);
}
export function appendElement(array: u32, node: u32): void {
  append(array, node);
}

function slotOf(table: u32, key: u32): usize {
  const mask = load<u32>(INDEX_SIZE, 4);
  let i = ((table * 0x9e3779b1) ^ (key * 0x85ebca6b)) & mask;
  let p = bufData(INDEX) + <usize>i * 12;
  while (load<u32>(p) && !(load<u32>(p) == table && load<u32>(p, 4) == key)) {
    i = (i + 1) & mask;
    p = bufData(INDEX) + <usize>i * 12;
  }
  return p;
}
function indexResize(mask: u32): void {
  bufReset(INDEX);
  memory.fill(bufReserve(INDEX, (mask + 1) * 12), 0, (mask + 1) * 12);
  bufSetLen(INDEX, (mask + 1) * 12);
  store<u32>(INDEX_SIZE, 0);
  store<u32>(INDEX_SIZE, mask, 4);
}
function indexAdd(table: u32, node: u32): void {
  const used = load<u32>(INDEX_SIZE) + 1;
  const mask = load<u32>(INDEX_SIZE, 4);
  if (used * 2 > mask) {
    indexResize(mask * 2 + 1);
    reindex();
  }
  const p = slotOf(table, get(node, N.Key));
  if (!load<u32>(p)) store<u32>(INDEX_SIZE, load<u32>(INDEX_SIZE) + 1);
  store<u32>(p, table);
  store<u32>(p, get(node, N.Key), 4);
  store<u32>(p, node, 8);
}
/** Fills the emptied hash table from all tables. */
function reindex(): void {
  for (let t = NODE_BYTES; t < bufLen(NODES); t += NODE_BYTES) {
    if (get(t, N.Kind) != TABLE) continue;
    for (let c = get(t, N.Value); c; c = get(c, N.Next)) {
      const p = slotOf(t, get(c, N.Key));
      store<u32>(p, t);
      store<u32>(p, get(c, N.Key), 4);
      store<u32>(p, c, 8);
      store<u32>(INDEX_SIZE, load<u32>(INDEX_SIZE) + 1);
    }
  }
}
function childOf(table: u32, key: u32): u32 {
  const p = slotOf(table, key);
  return load<u32>(p) ? load<u32>(p, 8) : 0;
}
function addChild(table: u32, key: u32, node: u32): u32 {
  set(node, N.Key, key);
  append(table, node);
  indexAdd(table, node);
  return node;
}

// ---- inserting

export const BY_DOTTED_KEY: u32 = 0;
export const BY_HEADER: u32 = 1;
export const BY_ARRAY_HEADER: u32 = 2;

// Where the keys of the value being inserted stand, for errors.
const KEY_FIRST: usize = memory.data(4, 4);
const KEY_LAST: usize = memory.data(4, 4);

function refuse(title: string, message: string, other: u32, otherMessage: string): u32 {
  failBoth(title, load<u32>(KEY_FIRST), load<u32>(KEY_LAST), message, get(other, N.First), get(other, N.Last), otherMessage);
  return 0;
}
function isArrayOfTables(node: u32): bool {
  return get(node, N.Kind) == ARRAY && get(node, N.Count) != 0 && get(node, N.Others) == 0;
}

/** The table that `key` of `table` leads to, made if it is new; 0 where it cannot be entered. */
function descend(how: u32, table: u32, key: u32): u32 {
  const found = childOf(table, key);
  if (!found) {
    const made = newNode(TABLE, how == BY_DOTTED_KEY ? DOTTED : IMPLICIT, load<u32>(KEY_FIRST), load<u32>(KEY_LAST));
    return addChild(table, key, made);
  }
  if (get(found, N.Kind) == TABLE) {
    const form = get(found, N.Form);
    if (form == INLINE) {
      return refuse('toml::insert_value: failed to insert a value: inline table is immutable', 'inserting this', found, 'to this table');
    }
    if (how == BY_DOTTED_KEY && form != DOTTED) {
      return refuse(
        'toml::insert_value: reopening a table using dotted keys',
        'dotted key cannot reopen a table',
        found,
        'this table is already closed',
      );
    }
    return found;
  }
  if (!isArrayOfTables(found)) {
    return refuse(
      'toml::insert_value: failed to insert a value, value already exists',
      'while inserting this',
      found,
      'non-table value already exists',
    );
  }
  if (get(found, N.Form) != OF_TABLES) {
    return refuse('toml::insert_value:inline array of tables are immutable', 'inserting this', found, 'inline array of tables');
  }
  if (how == BY_DOTTED_KEY) {
    return refuse('toml::insert_value:dotted key cannot reopen an array-of-tables', 'inserting this', found, 'to this array-of-tables.');
  }
  return get(found, N.Tail);
}

function insertHeader(table: u32, key: u32, node: u32): u32 {
  const found = childOf(table, key);
  if (!found) return addChild(table, key, node);
  if (get(found, N.Kind) != TABLE || get(found, N.Form) != IMPLICIT) {
    return refuse(
      'toml::insert_value: failed to insert a table, table already defined',
      'inserting this',
      found,
      'this table is explicitly defined',
    );
  }
  set(found, N.Form, EXPLICIT);
  setRegion(found, get(node, N.First), get(node, N.Last));
  return found;
}
function insertArrayHeader(table: u32, key: u32, node: u32): u32 {
  const found = childOf(table, key);
  if (!found) {
    const array = newNode(ARRAY, OF_TABLES, load<u32>(KEY_FIRST), load<u32>(KEY_LAST));
    addChild(table, key, array);
    append(array, node);
    return node;
  }
  if (!isArrayOfTables(found)) {
    return refuse(
      'toml::insert_value: failed to insert an array of tables, value already exists',
      'while inserting this',
      found,
      'non-table value already exists',
    );
  }
  if (get(found, N.Form) != OF_TABLES) {
    return refuse(
      'toml::insert_value: failed to insert a table, inline array of tables is immutable',
      'while inserting this',
      found,
      'this is inline array-of-tables',
    );
  }
  append(found, node);
  return node;
}

/**
 * Inserts a node under keys (symbols at `keys`), which stand at [first, last) of the text. Returns the node that stands there
 * now, or 0 with an error at hand.
 */
export function insert(how: u32, table: u32, keys: usize, count: u32, first: u32, last: u32, node: u32): u32 {
  store<u32>(KEY_FIRST, first);
  store<u32>(KEY_LAST, last);
  for (let i: u32 = 0; i + 1 < count; i++) {
    table = descend(how, table, load<u32>(keys + ((<usize>i) << 2)));
    if (!table) return 0;
  }
  const key = load<u32>(keys + ((<usize>(count - 1)) << 2));
  if (how == BY_HEADER) return insertHeader(table, key, node);
  if (how == BY_ARRAY_HEADER) return insertArrayHeader(table, key, node);
  const found = childOf(table, key);
  if (!found) return addChild(table, key, node);
  return refuse('toml::insert_value: failed to insert a value, value already exists', 'inserting this', found, 'but value already exists');
}

// ---- values

/**
 * The Nix value of the tree. Children come behind their parents among the siblings, but may stand before them in memory: the
 * walk goes down and up by a stack of | node | next child | mark or list |.
 */
export function treeValue(root: u32): usize {
  bufReset(WALK);
  let node = root;
  let value: usize = 0;
  for (;;) {
    const kind = get(node, N.Kind);
    if (kind == SCALAR) value = <usize>get(node, N.Value);
    else {
      enter(node, kind);
      value = 0;
    }
    for (;;) {
      const depth = bufLen(WALK);
      if (!depth) return value;
      const place = bufData(WALK) + depth - 12;
      const parent = load<u32>(place);
      const isTable = get(parent, N.Kind) == TABLE;
      if (value) {
        const child = load<u32>(place, 4);
        if (isTable) attrsAdd(get(child, N.Key), value, 0);
        else {
          const i = get(parent, N.Others);
          listSet(<usize>load<u32>(place, 8), i, value);
          set(parent, N.Others, i + 1);
        }
        store<u32>(place, get(child, N.Next), 4);
      }
      if (load<u32>(place, 4)) {
        node = load<u32>(place, 4);
        break;
      }
      value = isTable ? attrsFinish(load<u32>(place, 8), DUP_FIRST) : <usize>load<u32>(place, 8);
      bufSetLen(WALK, depth - 12);
    }
  }
  return 0;
}
const WALK: usize = memory.data(12, 4); // Buf
function enter(node: u32, kind: u32): void {
  const place = bufReserve(WALK, 12);
  store<u32>(place, node);
  store<u32>(place, get(node, N.Value), 4);
  store<u32>(place, kind == TABLE ? attrsBegin() : <u32>allocList(get(node, N.Count)), 8);
  set(node, N.Others, 0); // counts the elements that are done
  bufSetLen(WALK, bufLen(WALK) + 12);
}
