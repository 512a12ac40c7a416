/**
 * The state of the regular expression engine: one static block, and what is reached from it.
 *
 * Scratch memory (`Buf`s of heap/text) is kept from call to call and given back where it has grown large.
 */
import { BUF_BYTES } from '../heap/text';

const BLOCK: usize = memory.data(256, 16);

// ---- Scratch of the compiler
/** The states of the automaton under construction, `STATE_BYTES` each. */
export const STATES: usize = BLOCK + 0;
/** Byte sets, `SET_BYTES` each. */
export const SETS: usize = BLOCK + BUF_BYTES;
/** Open groups of the parser. */
export const GROUPS: usize = BLOCK + BUF_BYTES * 2;
/** Work list of graph walks. */
export const WORK: usize = BLOCK + BUF_BYTES * 3;
/** States that a clone has copied. */
export const COPIED: usize = BLOCK + BUF_BYTES * 4;

// ---- Scratch of the executor
/** Backtracking frames. */
export const FRAMES: usize = BLOCK + BUF_BYTES * 5;
/** Captures of the path that is being tried, those of the best match, and the counters of loops. */
export const REGISTERS: usize = BLOCK + BUF_BYTES * 6;
/** Two generation stamps for each text position, see memo.ts. */
export const MEMO_STAMPS: usize = BLOCK + BUF_BYTES * 7;
/** The bits that the stamps declare valid; or the cells of the sparse form. */
export const MEMO_BITS: usize = BLOCK + BUF_BYTES * 8;

// ---- Words
const WORDS: usize = BLOCK + BUF_BYTES * 9;
/** First error of the compilation, 0 or a `REGEX_…` code. */
export const ERROR: usize = WORDS + 0;
export const CLONE_STAMP: usize = WORDS + 4;
/** Start and end of the last clone. */
export const CLONE_START: usize = WORDS + 8;
export const CLONE_END: usize = WORDS + 12;
export const GROUP_COUNT: usize = WORDS + 16;

// Scanner
export const SCAN_AT: usize = WORDS + 20;
export const SCAN_END: usize = WORDS + 24;
export const SCAN_MODE: usize = WORDS + 28;
export const SCAN_BRACKET_START: usize = WORDS + 32;
export const TOKEN: usize = WORDS + 36;
export const TOKEN_PTR: usize = WORDS + 40;
export const TOKEN_LEN: usize = WORDS + 44;

// Cache of compiled programs
export const CACHE_CHUNK: usize = WORDS + 48;
export const CACHE_BUMP: usize = WORDS + 52;
export const CACHE_LIMIT: usize = WORDS + 56;
export const CACHE_COUNT: usize = WORDS + 60;
export const CACHE_BYTES: usize = WORDS + 64;
export const CACHE_LAST: usize = WORDS + 68;

// Executor
export const MEMO_ON: usize = WORDS + 72;
export const MEMO_GENERATION: usize = WORDS + 76;
export const MEMO_FAILED: usize = WORDS + 80;
export const MEMO_FOUND: usize = WORDS + 84;
export const MEMO_WORDS: usize = WORDS + 88;
export const MEMO_SPARSE: usize = WORDS + 92;
/** Steps that may be taken before visited states are remembered. */
export const BUDGET: usize = WORDS + 96;
/** Address of the captures of the last match, and of its text. */
export const CAPTURES: usize = WORDS + 100;
export const TEXT: usize = WORDS + 104;
export const CONTEXT_CELLS: usize = WORDS + 124;
export const CONTEXT_GENERATION: usize = WORDS + 128;
/** Steps that a call may still spend where nothing new is met. */
export const PATIENCE: usize = WORDS + 132;

// Iterator
export const ITER_PROGRAM: usize = WORDS + 108;
export const ITER_LEN: usize = WORDS + 112;
export const ITER_FLAGS: usize = WORDS + 116;
export const ITER_PREFIX: usize = WORDS + 120;
