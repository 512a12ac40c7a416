/**
 * Errors as data. An error is a heap object; the host renders it (positions, source lines, colour).
 *
 *   error: CELLS | code | message | position | traces | suggestions | exit status |
 *   trace: CELLS | message | position | flags | older trace (NULL: none) |        newest first: innermost last added
 *
 * In messages, \x0e … \x0f encloses what Nix colours (the arguments of its format strings), and \x01 decimal \x02 stands
 * for a position, rendered as `file:line:column`.
 *
 * Building a message: `msgBegin(); msgLit("…"); msgArg…; return raise(Err.Eval);` (raise returns 0, which every builtin
 * returns to say that it failed).
 */
import { BUF_BYTES, bufByte, bufBytes, bufData, bufI64, bufLen, bufReset, bufStr } from '../heap/text';
import { ST_DIAG, rootAddress } from '../heap/state';
import { NULL, cell, mkCells, mkString, setCell, strBytes, strLen, tag, untag } from '../value/layout';
import { bufAttributeName } from '../print/literal';
import { symbolBytes, symbolLen } from '../value/symbols';

/** Error codes; the classes are Nix's. Only Throw and Assert are caught by `tryEval`. */
export const enum Err {
  /** a plain EvalError */
  Eval = 1,
  Type,
  Throw,
  Assert,
  Abort,
  UndefinedVar,
  MissingArgument,
  InfiniteRecursion,
  /** max-call-depth exceeded, or the machine's stack limit */
  StackOverflow,
  Parse,
  /** a path that is not valid, not in the store */
  InvalidPath,
  /** access forbidden in restricted or pure mode */
  Restricted,
  /** what the host reports: missing files, denied permissions (SysError, FileNotFound) */
  Io,
  /** a plain Error of Nix's (not an EvalError): bad hashes, bad store paths, … */
  Plain,
  /** JSON and TOML */
  Format,
  Memory,
  Interrupted,
  /** import from derivation that is not allowed or not possible */
  Ifd,
  /** an experimental feature that is off */
  Feature,
  /** Nix's UsageError: commands add a line that points to their help */
  Usage,
}

export const E_CODE: u32 = 0;
export const E_MESSAGE: u32 = 1;
export const E_POS: u32 = 2;
export const E_TRACES: u32 = 3;
export const E_SUGGESTIONS: u32 = 4;
export const E_STATUS: u32 = 5;
const E_CELLS: u32 = 6;

export const T_MESSAGE: u32 = 0;
export const T_POS: u32 = 1;
export const T_FLAGS: u32 = 2;
export const T_NEXT: u32 = 3;

/** Root slot of the error in flight. */
export const ROOT_ERROR: u32 = 0;

/** The message buffer. */
export const MSG: usize = ST_DIAG + 0;
const SAVED: usize = ST_DIAG + BUF_BYTES;

export function msgBegin(): void {
  bufReset(MSG);
}
/** Literal ASCII text. */
export function msgLit(s: string): void {
  bufStr(MSG, s);
}
export function msgBytes(ptr: usize, len: u32): void {
  bufBytes(MSG, ptr, len);
}
// Begin and end of a coloured argument.
export function msgOpen(): void {
  bufByte(MSG, 0x0e);
}
export function msgClose(): void {
  bufByte(MSG, 0x0f);
}
/** A coloured argument: bytes. */
export function msgArgBytes(ptr: usize, len: u32): void {
  msgOpen();
  bufBytes(MSG, ptr, len);
  msgClose();
}
/** A coloured argument: ASCII text. */
export function msgArgLit(s: string): void {
  msgOpen();
  bufStr(MSG, s);
  msgClose();
}
/** A coloured argument: the bytes of a string or path object. */
export function msgArgStr(s: usize): void {
  msgArgBytes(strBytes(s), strLen(s));
}
/** A coloured argument: an attribute's name, quoted unless it is an identifier (Nix's printIdentifier). */
export function msgArgSym(sym: u32): void {
  msgOpen();
  bufAttributeName(MSG, sym);
  msgClose();
}
/** An attribute's name as msgArgSym has it, as part of a larger argument. */
export function msgSym(sym: u32): void {
  bufAttributeName(MSG, sym);
}
/** A coloured argument: the bytes of a symbol. */
export function msgArgSymBytes(sym: u32): void {
  msgArgBytes(symbolBytes(sym), symbolLen(sym));
}
/** A coloured argument: a number. */
export function msgArgInt(n: i64): void {
  msgOpen();
  bufI64(MSG, n);
  msgClose();
}
export function msgInt(n: i64): void {
  bufI64(MSG, n);
}
/** A position, rendered by the host. */
export function msgPos(pos: u32): void {
  bufByte(MSG, 1);
  bufI64(MSG, <i64>pos);
  bufByte(MSG, 2);
}
/** The message so far, as a string object. */
export function msgTake(): usize {
  return mkString(bufData(MSG), bufLen(MSG), 0);
}

/** The error in flight, or 0. */
export function currentError(): usize {
  return <usize>load<u32>(rootAddress(ROOT_ERROR));
}
export function setCurrentError(e: usize): void {
  store<u32>(rootAddress(ROOT_ERROR), <u32>e);
}

/** Set when an error is made, not when one that was kept is met again: the debugger looks at new ones. */
export const NEW_ERROR: usize = memory.data(4);

/** Makes the message that was built the error in flight, at a position (0: none). Returns 0. */
export function raiseAt(code: Err, pos: u32): usize {
  store<u32>(NEW_ERROR, 1);
  const e = mkCells(E_CELLS);
  setCell(e, E_CODE, tag(code));
  setCell(e, E_MESSAGE, msgTake());
  setCell(e, E_POS, tag(pos));
  setCell(e, E_STATUS, tag(1));
  setCurrentError(e);
  return 0;
}
/** Makes the message that was built the error in flight, without a position of its own. Returns 0. */
export function raise(code: Err): usize {
  return raiseAt(code, 0);
}
/** An error whose whole message is one ASCII literal. Returns 0. */
export function fail(code: Err, message: string): usize {
  msgBegin();
  msgLit(message);
  return raise(code);
}
export function errorCode(e: usize): u32 {
  return <u32>untag(cell(e, E_CODE));
}

/** A copy, so that the trace lines of one who meets a failed thunk again are its own. */
export function cloneError(e: usize): usize {
  const c = mkCells(E_CELLS);
  for (let i: u32 = 0; i < E_CELLS; i++) setCell(c, i, cell(e, i));
  return c;
}

/** Adds a trace frame to the error in flight. The message is a string object. */
export function addTraceString(pos: u32, message: usize, flags: u32): void {
  const e = currentError();
  if (!e) return;
  const t = mkCells(4);
  setCell(t, T_MESSAGE, message);
  setCell(t, T_POS, tag(pos));
  setCell(t, T_FLAGS, tag(flags));
  setCell(t, T_NEXT, cell(e, E_TRACES));
  setCell(e, E_TRACES, t);
}
/** Adds the message that was built (msgBegin …) as a trace frame to the error in flight. */
export function addTrace(pos: u32): void {
  addTraceString(pos, msgTake(), 0);
}
/** Adds an ASCII literal as a trace frame. */
export function addTraceLit(pos: u32, s: string): void {
  msgBegin();
  msgLit(s);
  addTrace(pos);
}
/** Flags of a trace frame: shown in any case (addErrorContext); shown with --show-trace alone. */
export const TRACE_ALWAYS: u32 = 1;
export const TRACE_DETAIL: u32 = 2;
export const NO_TRACES: usize = NULL;
export { SAVED as MSG_SPARE };
