/**
 * Kinds of heap objects: the low six bits of the header word (heap/alloc.ts).
 *
 * A reference is a word: odd, a 31-bit integer (value << 1 | 1); even, the address of an object.
 * Kinds below 16 are suspended (not in weak head normal form), 16 to 31 are values, above are internal.
 */
export const KIND_THUNK: u32 = 1; //       | header | code | environment |
export const KIND_APP: u32 = 2; //         | header | function | argument |
export const KIND_APP2: u32 = 3; //        | header | function | argument | argument |
export const KIND_SELECT: u32 = 4; //      | header | set | address of its InheritSelect, tagged |   `inherit (e) x`
export const KIND_NATIVE: u32 = 5; //      | header | procedure, tagged | argument … |            forced by a native procedure
export const KIND_FAILED: u32 = 6; //      | header | error | … |
export const KIND_IND: u32 = 7; //         | header | value | … |                                 a thunk that has been forced
export const KIND_LAZY_LAMBDA: u32 = 8; // | header | function | environment |   becomes KIND_LAMBDA in place when forced
export const KIND_APP2_AGAIN: u32 = 9; //  | header | function | argument | argument |   the same as APP2; its first application has been done

export const KIND_NULL: u32 = 16; //       | header |                      one static object
export const KIND_BOOL: u32 = 17; //       | header | tagged 0 or 1 |      two static objects
export const KIND_INT: u32 = 18; //        | header | i64 |                only what does not fit 31 bits
export const KIND_FLOAT: u32 = 19; //      | header | f64 |
export const KIND_STRING: u32 = 20; //     | header | length in bytes | context (value/context.ts, 0: none) | bytes, padded |
export const KIND_PATH: u32 = 21; //       | header | length in bytes | accessor (0: the file system) | bytes, padded |
export const KIND_LIST: u32 = 22; //       | header | element … |          length = words - 1
export const KIND_ATTRS: u32 = 23; //      | header | shape | value … |    in the shape's order, by symbol
export const KIND_LAMBDA: u32 = 24; //     | header | function (compile/functions.ts) | environment |
export const KIND_PRIMOP: u32 = 25; //     | header | builtin id, tagged |
export const KIND_PRIMOP_APP: u32 = 26; // | header | builtin id, tagged | argument … |   fewer than it takes

export const KIND_ENV: u32 = 32; //        | header | outer | slot … |
export const KIND_SHAPE: u32 = 33; //      see value/shapes.ts
export const KIND_BYTES: u32 = 34; //      | header | bytes … |            never scanned
export const KIND_CELLS: u32 = 35; //      | header | reference … |        scanned

/** Under evaluation: set in the header of a suspended object while its frame is on the stack. */
export const BLACKHOLE_BIT: u32 = 0x40;
export const MARK_BIT: u32 = 0x80;
export const KIND_MASK: u32 = 0x3f;
