/**
 * Writes the structure of Nix archives: what stands before and behind the contents of files, which the caller puts between. What no
 * archive can hold is refused.
 *
 * A context, memory of the caller's:
 *
 *     0       4        8
 *     | depth | state  | the last name of each open directory
 *
 * Every function writes at `out`, at most `NAR_WRITE_MAX` bytes, and answers how many; less than 0 is a `NarWriteError`.
 */
import {
  NAR_MAX_DEPTH,
  NAR_NAME_SIZE,
  NAR_NAMES_SIZE,
  Token,
  narIsName,
  narIsTarget,
  narNextName,
  narPadding,
  narToken,
} from './nar-format';

const DEPTH: usize = 0;
const STATE: usize = 4;
const NAMES: usize = 8;

/** Bytes of a context for `narWriteInit`. */
export const NAR_WRITE_CTX_SIZE: u32 = <u32>NAMES + NAR_NAMES_SIZE;
/** What is written at once has a name, a target and some ten keywords. */
export const NAR_WRITE_MAX: u32 = 5 * 1024;

const enum State {
  /** Nothing is written yet. */
  Start,
  /** Within a directory. */
  Directory,
  /** Contents are to come. */
  Contents,
  End,
}

/** js/nar/node-writer.ts has the same numbers. */
export const enum NarWriteError {
  BadName = -1,
  Unsorted = -2,
  TooDeep = -3,
  BadTarget = -4,
  /** A second root, an end without a directory, a name for the root. */
  Misplaced = -5,
}

/** Makes `ctx` (`NAR_WRITE_CTX_SIZE` bytes) the state before the first node. */
export function narWriteInit(ctx: usize): void {
  store<u32>(ctx + DEPTH, 0);
  store<u32>(ctx + STATE, State.Start);
}

/** Whether the archive is complete. */
export function narWriteDone(ctx: usize): u32 {
  return load<u32>(ctx + STATE) == State.End ? 1 : 0;
}

/** Begins a directory. The root has an empty name. */
export function narWriteDirectory(ctx: usize, name: usize, len: u32, out: usize): i32 {
  const at = begin(ctx, name, len, out);
  if (at < 0) return at;
  const depth = load<u32>(ctx + DEPTH);
  store<u32>(ctx + DEPTH, depth + 1);
  store<u32>(ctx + NAMES + depth * NAR_NAME_SIZE, 0);
  store<u32>(ctx + STATE, State.Directory);
  return <i32>(putToken(out + at, Token.Directory) - out);
}

/** Ends the innermost directory. */
export function narWriteEnd(ctx: usize, out: usize): i32 {
  if (load<u32>(ctx + STATE) != State.Directory) return NarWriteError.Misplaced;
  store<u32>(ctx + DEPTH, load<u32>(ctx + DEPTH) - 1);
  return <i32>(close(ctx, out) - out);
}

/** Begins a file of `size` bytes, which come next; `narWriteFileEnd` has to follow. */
export function narWriteFile(ctx: usize, name: usize, len: u32, size: f64, executable: u32, out: usize): i32 {
  const start = begin(ctx, name, len, out);
  if (start < 0) return start;
  let at = putToken(out + start, Token.Regular);
  if (executable) {
    at = putToken(at, Token.Executable);
    store<u64>(at, 0);
    at += 8;
  }
  at = putToken(at, Token.Contents);
  store<u64>(at, <u64>size);
  store<u32>(ctx + STATE, State.Contents);
  return <i32>(at + 8 - out);
}

/** Ends a file of `size` bytes. */
export function narWriteFileEnd(ctx: usize, size: f64, out: usize): i32 {
  if (load<u32>(ctx + STATE) != State.Contents) return NarWriteError.Misplaced;
  const zeros = narPadding(<u32>((<u64>size) & 7));
  memory.fill(out, 0, zeros);
  return <i32>(close(ctx, out + zeros) - out);
}

/** A symlink. */
export function narWriteSymlink(ctx: usize, name: usize, len: u32, target: usize, targetLen: u32, out: usize): i32 {
  if (!narIsTarget(target, targetLen)) return NarWriteError.BadTarget;
  const start = begin(ctx, name, len, out);
  if (start < 0) return start;
  let at = putToken(out + start, Token.Symlink);
  at = putToken(at, Token.Target);
  at = putString(at, target, targetLen);
  return <i32>(close(ctx, at) - out);
}

/** What stands before a node's type. */
function begin(ctx: usize, name: usize, len: u32, out: usize): i32 {
  const depth = load<u32>(ctx + DEPTH);
  const state = load<u32>(ctx + STATE);
  let at = out;
  if (state == State.Start) {
    if (len != 0) return NarWriteError.Misplaced;
    at = putToken(at, Token.Magic);
  } else if (state == State.Directory) {
    if (depth >= NAR_MAX_DEPTH) return NarWriteError.TooDeep;
    if (!narIsName(name, len)) return NarWriteError.BadName;
    if (!narNextName(ctx + NAMES + (depth - 1) * NAR_NAME_SIZE, name, len)) return NarWriteError.Unsorted;
    at = putToken(at, Token.Entry);
    at = putToken(at, Token.Open);
    at = putToken(at, Token.Name);
    at = putString(at, name, len);
    at = putToken(at, Token.Node);
  } else {
    return NarWriteError.Misplaced;
  }
  at = putToken(at, Token.Open);
  return <i32>(putToken(at, Token.Type) - out);
}

/** What stands behind a node, and behind the entry that it is. */
function close(ctx: usize, at: usize): usize {
  at = putToken(at, Token.Close);
  if (load<u32>(ctx + DEPTH) == 0) {
    store<u32>(ctx + STATE, State.End);
    return at;
  }
  store<u32>(ctx + STATE, State.Directory);
  return putToken(at, Token.Close);
}

function putToken(at: usize, token: Token): usize {
  const word = narToken(token);
  store<u64>(at, load<u64>(word));
  store<u64>(at, load<u64>(word, 8), 8);
  if (load<u64>(word) <= 8) return at + 16;
  store<u64>(at, load<u64>(word, 16), 16);
  return at + 24;
}

function putString(at: usize, ptr: usize, len: u32): usize {
  store<u64>(at, len);
  memory.copy(at + 8, ptr, len);
  const zeros = narPadding(len);
  memory.fill(at + 8 + len, 0, zeros);
  return at + 8 + len + zeros;
}
