/**
 * All that the machine can ask its host for; operands and answers of each kind: docs/requests.md. A request is written here, `run` returns `Status.Request`, the host reads
 * it, answers by `answer…` and calls `run` again; the procedure that asked is entered again and reads the answer.
 *
 *   | kind | number of operands | operand address, length (pairs, up to 6) |      bytes, alive until the answer
 *   | answer status | answer address | answer length | answer number |
 *
 * Operands that are not bytes are passed as (number, 0xffffffff).
 */
import { ST_REQUEST } from './heap/state';

export const enum Req {
  /** path → bytes of the regular file (symlinks followed as Nix does); number: 0 */
  ReadFile = 1,
  /** path → `name NUL type-letter` records (r d l u), in any order */
  ReadDir = 2,
  /** path, follow final symlink (0, 1) → number: 0 missing, 1 regular, 2 directory, 3 symlink, 4 other */
  Stat = 3,
  /** path → path with all symlinks resolved as Nix's `import` does (final symlink only), a folder gets `/default.nix` */
  ResolveImport = 4,
  /** path, name, sha256 expected or "", recursive (1) or flat (0), refs → store path. Copies to the store, or only computes in read-only mode. Filtered sources: a list of included paths (relative, NUL-separated) as the last operand, or none */
  AddPath = 5,
  /** name, contents, references (NUL-separated) → store path: `toFile` and `.drv` texts. Writes only outside read-only mode */
  AddText = 6,
  /** what findFile needs: a search path entry's value (maybe a URL, `flake:`) → path or missing */
  ResolveSearchPath = 7,
  /** fetcher kind (fetchTree, fetchurl, fetchTarball, fetchGit, …), its arguments as JSON → JSON of the result */
  Fetch = 8,
  /** name of an environment variable → bytes */
  GetEnv = 9,
  /** warning or trace text for stderr: kind (0 trace, 1 warning, 2 already rendered), text */
  Message = 10,
  /** context elements (NUL-separated) that must be realised: import from derivation → pairs of placeholder, path */
  Realise = 11,
  /** store path → number 1 if it is valid in the store (storePath, unsafe*) ; returns its closure for drvDeep: NUL-separated */
  QueryPath = 12,
  /** the current time in seconds → bytes of a decimal number */
  Now = 13,
  /** path, algorithm → hash of the file's contents in base 16 */
  HashFile = 14,
  /** program and arguments, NUL-separated → stdout (`exec`) */
  Exec = 15,
  /** flake reference → JSON for getFlake */
  Flake = 16,
  /** value printed for `break` and the debugger */
  Debug = 17,
  /** path → path with all symlinks resolved, missing where it does not exist */
  RealPath = 18,
  /** store path of a derivation → its ATerm text */
  ReadDerivation = 19,
}

export const enum Answer {
  None = 0,
  Ok = 1,
  /** the text is an error message; number: Err code */
  Error = 2,
  /** not there (ReadFile, ReadDir, …); the text may be the host's message */
  Missing = 3,
}

const KIND: usize = ST_REQUEST + 0;
const COUNT: usize = ST_REQUEST + 4;
const OPERANDS: usize = ST_REQUEST + 8;
const STATUS: usize = ST_REQUEST + 64;
const DATA: usize = ST_REQUEST + 68;
const LENGTH: usize = ST_REQUEST + 72;
const NUMBER: usize = ST_REQUEST + 76;
export const ANSWER_CAP: usize = ST_REQUEST + 80;

/** Begins a request. */
export function requestBegin(kind: Req): void {
  store<u32>(KIND, kind);
  store<u32>(COUNT, 0);
  store<u32>(STATUS, Answer.None);
  store<u32>(LENGTH, 0);
}
export function requestBytes(ptr: usize, len: u32): void {
  const n = load<u32>(COUNT);
  store<u32>(OPERANDS + ((<usize>n) << 3), <u32>ptr);
  store<u32>(OPERANDS + ((<usize>n) << 3), len, 4);
  store<u32>(COUNT, n + 1);
}
/** A string or path object as an operand. */
export function requestString(s: usize): void {
  requestBytes(s + 12, load<u32>(s, 4));
}
export function requestNumber(n: u32): void {
  requestBytes(<usize>n, 0xffffffff);
}

export function answerStatus(): u32 {
  return load<u32>(STATUS);
}
export function answerData(): usize {
  return <usize>load<u32>(DATA);
}
export function answerLen(): u32 {
  return load<u32>(LENGTH);
}
export function answerNumber(): i32 {
  return load<i32>(NUMBER);
}
export function answerSet(status: u32, data: usize, len: u32, number: i32): void {
  store<u32>(STATUS, status);
  store<u32>(DATA, <u32>data);
  store<u32>(LENGTH, len);
  store<i32>(NUMBER, number);
}
