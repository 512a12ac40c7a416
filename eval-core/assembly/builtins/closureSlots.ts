/** The frame of `genericClosure`: its slots, and what stands in some of them. */
export const FUNCTION: u32 = 0; // the argument, then its operator
export const QUEUE: u32 = 1; // vector of lists whose elements are to be visited
export const QUEUED: u32 = 2;
export const LIST: u32 = 3; // which list, and which element of it, is next
export const INDEX: u32 = 4;
export const RESULT: u32 = 5; // vector of the elements with new keys
export const KEYS: u32 = 6; // vector of their keys
export const COUNT: u32 = 7;
export const KNOWN: u32 = 8; // table or tree of the keys
export const MODE: u32 = 9;
export const PHASE: u32 = 10;
export const ELEMENT: u32 = 11; // the element in hand, as it stands in its list
export const KEY: u32 = 12;
export const NEW_LIST: u32 = 13; // what the operator returned, and which element of it is forced
export const NEW_INDEX: u32 = 14;
export const CURSOR: u32 = 15; // where in the tree the key is looked for
export const PARENT: u32 = 16;
export const WENT_LEFT: u32 = 17;

export const enum Mode {
  None = 0,
  Integers,
  Strings,
  Tree,
}
/** What an error that passes gets as a trace line. */
export const enum Phase {
  None = 0,
  Element,
  Compare,
  Operator,
}
