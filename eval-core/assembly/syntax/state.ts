/**
 * The words of the state block that belong to the lexer and the parser (the first 16 bytes are the arena's).
 */
import { ST_SYNTAX } from '../heap/state';

// ---- the file
export const SX_SRC: usize = ST_SYNTAX + 16;
export const SX_END: usize = ST_SYNTAX + 20; // behind the last byte; NUL bytes follow
export const SX_DELTA: usize = ST_SYNTAX + 24; // position = address + delta
export const SX_DIR: usize = ST_SYNTAX + 28;
export const SX_DIR_LEN: usize = ST_SYNTAX + 32;
export const SX_HOME: usize = ST_SYNTAX + 36;
export const SX_HOME_LEN: usize = ST_SYNTAX + 40;
export const SX_FEATURES: usize = ST_SYNTAX + 44;

// ---- the lexer: the next byte, positions of the last match and of the one before it, start conditions
export const LX_AT: usize = ST_SYNTAX + 48;
export const LX_BEGIN: usize = ST_SYNTAX + 52;
export const LX_FINISH: usize = ST_SYNTAX + 56;
export const LX_LAST_BEGIN: usize = ST_SYNTAX + 60;
export const LX_LAST_FINISH: usize = ST_SYNTAX + 64;
export const LX_MODE: usize = ST_SYNTAX + 68;
export const LX_MODES: usize = ST_SYNTAX + 72; // stack of modes, a byte each
export const LX_MODE_DEPTH: usize = ST_SYNTAX + 76;
export const LX_MODE_CAP: usize = ST_SYNTAX + 80;
export const LX_NO_PATH: usize = ST_SYNTAX + 84; // no path begins before this address
/** The token's value: text address and length (with INDENTATION), or an i64 or f64. */
export const LX_VALUE: usize = ST_SYNTAX + 88; // 8 bytes
export const LX_LENGTH: usize = ST_SYNTAX + 92;
export const LX_DOC: usize = ST_SYNTAX + 96; // position of a docstring that waits for its token

// ---- docstrings: pairs of words, token position and docstring position, ascending
export const DC_DATA: usize = ST_SYNTAX + 100;
export const DC_COUNT: usize = ST_SYNTAX + 104;
export const DC_CAP: usize = ST_SYNTAX + 108;

// ---- the parser
export const PS_STACK: usize = ST_SYNTAX + 112;
export const PS_LIMIT: usize = ST_SYNTAX + 116;
export const PS_CAP: usize = ST_SYNTAX + 120;
export const PS_TOP: usize = ST_SYNTAX + 124;
export const PS_LOOKAHEAD: usize = ST_SYNTAX + 128;
export const PS_ROOT: usize = ST_SYNTAX + 132;
export const PS_SETS: usize = ST_SYNTAX + 136; // list of all attribute sets of the file

// ---- items: what lists, attribute paths, formals and strings have collected so far
export const IT_DATA: usize = ST_SYNTAX + 140;
export const IT_TOP: usize = ST_SYNTAX + 144; // byte offset
export const IT_CAP: usize = ST_SYNTAX + 148;

// ---- errors and warnings
export const ER_KIND: usize = ST_SYNTAX + 152;
export const ER_POS: usize = ST_SYNTAX + 156;
export const ER_TEXT: usize = ST_SYNTAX + 160; // Buf
export const WN_BUF: usize = ST_SYNTAX + 172; // Buf
export const WN_COUNT: usize = ST_SYNTAX + 184;

// ---- symbols that the parser makes variables of
export const SY_READY: usize = ST_SYNTAX + 188;
export const SY_SUB: usize = ST_SYNTAX + 192;
export const SY_MUL: usize = ST_SYNTAX + 196;
export const SY_DIV: usize = ST_SYNTAX + 200;
export const SY_LESS_THAN: usize = ST_SYNTAX + 204;
export const SY_FIND_FILE: usize = ST_SYNTAX + 208;
export const SY_NIX_PATH: usize = ST_SYNTAX + 212;
export const SY_OR: usize = ST_SYNTAX + 216;
export const SY_BODY: usize = ST_SYNTAX + 220;

// ---- print/ast.ts: its stack of tasks
export const PR_STACK: usize = ST_SYNTAX + 224;
export const PR_TOP: usize = ST_SYNTAX + 228;
export const PR_CAP: usize = ST_SYNTAX + 232;

// ---- features and lints of `parse`
export const FEATURE_PIPES: u32 = 1;
/** `~/x` is an error. */
export const FEATURE_PURE: u32 = 2;
/** Two bits each: 0 ignore, 1 warn, 2 fatal. */
export const LINT_URL_SHIFT: u32 = 2;
export const LINT_SHORT_PATH_SHIFT: u32 = 4;
export const LINT_ABSOLUTE_PATH_SHIFT: u32 = 6;
/** Attribute definitions as the REPL reads them, instead of an expression. */
export const FEATURE_BINDINGS: u32 = 256;

/** In the length of a text: it came from an indented string, and its blanks count as indentation. */
export const INDENTATION: u32 = 0x80000000;

/** Position of an address in the source. */
// @ts-ignore: decorator
@inline
export function positionOf(at: usize): u32 {
  return <u32>at + load<u32>(SX_DELTA);
}
