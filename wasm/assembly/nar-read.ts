/**
 * Reads Nix archives as their bytes come, in constant memory, and refuses what Nix refuses. It is a machine: each state reads one
 * string and names the next. Contents of files do not pass through here: after `File` the caller takes `narReadSize` bytes
 * from its input, and goes on behind them.
 *
 * A context, memory of the caller's:
 *
 *     0       4       8      12     16          20       24     32         36       40       44        48
 *     | state | depth | held | used | executable | token | size | text     | length | target | length | bytes held, 4104 | names |
 *                                                 expected u64    address            address
 */
import {
  NAR_MAX_DEPTH,
  NAR_MAX_NAME,
  NAR_MAX_TAG,
  NAR_MAX_TARGET,
  NAR_NAME_SIZE,
  NAR_NAMES_SIZE,
  Token,
  narIsName,
  narIsTarget,
  narIsToken,
  narNextName,
  narPadding,
} from './nar-format';

const STATE: usize = 0;
const DEPTH: usize = 4;
const HELD: usize = 8;
const CURSOR: usize = 12;
const EXECUTABLE: usize = 16;
const EXPECTED: usize = 20;
const SIZE: usize = 24;
const TEXT: usize = 32;
const TEXT_LENGTH: usize = 36;
const TARGET: usize = 40;
const TARGET_LENGTH: usize = 44;
const BYTES: usize = 48;
// A length and the longest string with its zeros.
const NAMES: usize = BYTES + 8 + 4096;

/** Bytes of a context for `narReadInit`. */
export const NAR_READ_CTX_SIZE: u32 = <u32>NAMES + NAR_NAMES_SIZE;

const enum State {
  Magic,
  Open,
  TypeTag,
  Type,
  FileTag,
  Executable,
  ContentsTag,
  Size,
  Zeros,
  FileClose,
  TargetTag,
  Target,
  SymlinkClose,
  Entry,
  EntryOpen,
  NameTag,
  Name,
  NodeTag,
  EntryClose,
  End,
}

/** What `narRead` answers. js/nar/parser.ts has the same numbers. */
export const enum NarEvent {
  /** All input is used up. */
  More,
  Directory,
  EndDirectory,
  File,
  EndFile,
  Symlink,
  End,
  // What follows are errors.
  BadMagic,
  BadToken,
  BadEntry,
  BadType,
  TooLong,
  BadPadding,
  BadName,
  Unsorted,
  TooDeep,
  BadTarget,
  TooLarge,
}

/** Makes `ctx` (`NAR_READ_CTX_SIZE` bytes) the state before the first byte. */
export function narReadInit(ctx: usize): void {
  memory.fill(ctx, 0, BYTES);
}

/** How many bytes the last `narRead` used. */
export function narReadUsed(ctx: usize): u32 {
  return load<u32>(ctx + CURSOR);
}
/** The name of what the event is about; what stands where something else was expected. Empty for the root. */
export function narReadText(ctx: usize): usize {
  return load<u32>(ctx + TEXT);
}
export function narReadTextLength(ctx: usize): u32 {
  return load<u32>(ctx + TEXT_LENGTH);
}
/** The target of a symlink; valid until the next `narRead`. */
export function narReadTarget(ctx: usize): usize {
  return load<u32>(ctx + TARGET);
}
export function narReadTargetLength(ctx: usize): u32 {
  return load<u32>(ctx + TARGET_LENGTH);
}
/** Bytes of a file: a safe integer. */
export function narReadSize(ctx: usize): f64 {
  return <f64>load<u64>(ctx + SIZE);
}
export function narReadExecutable(ctx: usize): u32 {
  return load<u32>(ctx + EXECUTABLE);
}
/** The keyword that `BadToken` missed. */
export function narReadExpected(ctx: usize): u32 {
  return load<u32>(ctx + EXPECTED);
}

/** Reads up to the next event. After an error it must not be called again. */
export function narRead(ctx: usize, ptr: usize, len: u32): NarEvent {
  const end = ptr + len;
  store<u32>(ctx + CURSOR, <u32>ptr);
  let event = NarEvent.More;
  do {
    event = step(ctx, end);
  } while (event == NarEvent.More && (load<u32>(ctx + CURSOR) != <u32>end || load<u32>(ctx + STATE) == State.End));
  store<u32>(ctx + CURSOR, load<u32>(ctx + CURSOR) - <u32>ptr);
  return event;
}

/** One string. `More` when it is read, or when the input ended within it. */
function step(ctx: usize, end: usize): NarEvent {
  const state = load<u32>(ctx + STATE);
  if (state == State.End) return NarEvent.End;
  if (state == State.Size) return readSize(ctx, end);
  if (state == State.Zeros) return readZeros(ctx, end);
  const length = readLength(ctx, end);
  if (length == NONE) return NarEvent.More;
  if (length > longest(state)) return state == State.Magic ? NarEvent.BadMagic : NarEvent.TooLong;
  const string = take(ctx, end, 8 + <u32>length + narPadding(<u32>length));
  if (string == 0) return NarEvent.More;
  if (!endsInZeros(string + 8, <u32>length)) return NarEvent.BadPadding;
  return accept(ctx, state, string + 8, <u32>length);
}

function longest(state: State): u64 {
  switch (state) {
    case State.Magic:
      return 13;
    case State.Executable:
      return 0;
    case State.Name:
      return NAR_MAX_NAME;
    case State.Target:
      return NAR_MAX_TARGET;
  }
  return NAR_MAX_TAG;
}

const NONE: u64 = u64.MAX_VALUE;

/** The length of the next string, which stays to be taken; `NONE` when not all of it has come. */
function readLength(ctx: usize, end: usize): u64 {
  const at = load<u32>(ctx + CURSOR);
  const held = load<u32>(ctx + HELD);
  if (held >= 8) return load<u64>(ctx + BYTES);
  if (held == 0 && end - at >= 8) return load<u64>(at);
  if (take(ctx, end, 8) == 0) return NONE;
  store<u32>(ctx + HELD, 8);
  return load<u64>(ctx + BYTES);
}

/** The next `size` bytes, counted from those that are held; 0 when they have not all come, then all are held. */
function take(ctx: usize, end: usize, size: u32): usize {
  const at = load<u32>(ctx + CURSOR);
  const held = load<u32>(ctx + HELD);
  const missing = size - held;
  if (end - at < missing) {
    memory.copy(ctx + BYTES + held, at, end - at);
    store<u32>(ctx + HELD, held + <u32>(end - at));
    store<u32>(ctx + CURSOR, <u32>end);
    return 0;
  }
  store<u32>(ctx + CURSOR, at + missing);
  if (held == 0) return at;
  memory.copy(ctx + BYTES + held, at, missing);
  store<u32>(ctx + HELD, 0);
  return ctx + BYTES;
}

function endsInZeros(ptr: usize, len: u32): bool {
  const odd = len & 7;
  return odd == 0 || load<u64>(ptr + len - odd) >> (odd << 3) == 0;
}

function readSize(ctx: usize, end: usize): NarEvent {
  const number = take(ctx, end, 8);
  if (number == 0) return NarEvent.More;
  const size = load<u64>(number);
  if (size > 0x1fffffffffffff) return NarEvent.TooLarge;
  store<u64>(ctx + SIZE, size);
  store<u32>(ctx + STATE, State.Zeros);
  showName(ctx);
  return NarEvent.File;
}

function readZeros(ctx: usize, end: usize): NarEvent {
  const count = narPadding(load<u32>(ctx + SIZE));
  const zeros = take(ctx, end, count);
  if (zeros == 0) return NarEvent.More;
  for (let i: u32 = 0; i < count; i++) if (load<u8>(zeros + i) != 0) return NarEvent.BadPadding;
  store<u32>(ctx + STATE, State.FileClose);
  return NarEvent.EndFile;
}

function accept(ctx: usize, state: State, ptr: usize, len: u32): NarEvent {
  store<u32>(ctx + TEXT, <u32>ptr);
  store<u32>(ctx + TEXT_LENGTH, len);
  switch (state) {
    case State.Magic:
      return narIsToken(ptr, len, Token.Magic) ? goOn(ctx, State.Open) : NarEvent.BadMagic;
    case State.Open:
      if (load<u32>(ctx + DEPTH) >= NAR_MAX_DEPTH) return NarEvent.TooDeep;
      return expect(ctx, ptr, len, Token.Open, State.TypeTag);
    case State.TypeTag:
      return expect(ctx, ptr, len, Token.Type, State.Type);
    case State.Type:
      return acceptType(ctx, ptr, len);
    case State.FileTag:
      if (!narIsToken(ptr, len, Token.Executable)) return expect(ctx, ptr, len, Token.Contents, State.Size);
      store<u32>(ctx + EXECUTABLE, 1);
      return goOn(ctx, State.Executable);
    case State.Executable:
      return goOn(ctx, State.ContentsTag);
    case State.ContentsTag:
      return expect(ctx, ptr, len, Token.Contents, State.Size);
    case State.FileClose:
    case State.SymlinkClose:
      return expect(ctx, ptr, len, Token.Close, afterNode(ctx));
    case State.TargetTag:
      return expect(ctx, ptr, len, Token.Target, State.Target);
    case State.Target:
      return acceptTarget(ctx, ptr, len);
    case State.Entry:
      return acceptEntry(ctx, ptr, len);
    case State.EntryOpen:
      return expect(ctx, ptr, len, Token.Open, State.NameTag);
    case State.NameTag:
      return expect(ctx, ptr, len, Token.Name, State.Name);
    case State.Name:
      return acceptName(ctx, ptr, len);
    case State.NodeTag:
      return expect(ctx, ptr, len, Token.Node, State.Open);
  }
  return expect(ctx, ptr, len, Token.Close, State.Entry);
}

function goOn(ctx: usize, state: State): NarEvent {
  store<u32>(ctx + STATE, state);
  return NarEvent.More;
}

function expect(ctx: usize, ptr: usize, len: u32, token: Token, state: State): NarEvent {
  if (narIsToken(ptr, len, token)) return goOn(ctx, state);
  store<u32>(ctx + EXPECTED, token);
  return NarEvent.BadToken;
}

function afterNode(ctx: usize): State {
  return load<u32>(ctx + DEPTH) == 0 ? State.End : State.EntryClose;
}

/** The last name of the innermost open directory. */
function lastName(ctx: usize): usize {
  return ctx + NAMES + (load<u32>(ctx + DEPTH) - 1) * NAR_NAME_SIZE;
}

/** The name of the node that is read now. */
function showName(ctx: usize): void {
  const root = load<u32>(ctx + DEPTH) == 0;
  store<u32>(ctx + TEXT, root ? 0 : <u32>(lastName(ctx) + 8));
  store<u32>(ctx + TEXT_LENGTH, root ? 0 : load<u32>(lastName(ctx)));
}

function acceptType(ctx: usize, ptr: usize, len: u32): NarEvent {
  if (narIsToken(ptr, len, Token.Regular)) {
    store<u32>(ctx + EXECUTABLE, 0);
    return goOn(ctx, State.FileTag);
  }
  if (narIsToken(ptr, len, Token.Symlink)) return goOn(ctx, State.TargetTag);
  if (!narIsToken(ptr, len, Token.Directory)) return NarEvent.BadType;
  showName(ctx);
  store<u32>(ctx + DEPTH, load<u32>(ctx + DEPTH) + 1);
  store<u32>(lastName(ctx), 0);
  store<u32>(ctx + STATE, State.Entry);
  return NarEvent.Directory;
}

function acceptTarget(ctx: usize, ptr: usize, len: u32): NarEvent {
  if (!narIsTarget(ptr, len)) return NarEvent.BadTarget;
  store<u32>(ctx + TARGET, <u32>ptr);
  store<u32>(ctx + TARGET_LENGTH, len);
  store<u32>(ctx + STATE, State.SymlinkClose);
  showName(ctx);
  return NarEvent.Symlink;
}

function acceptEntry(ctx: usize, ptr: usize, len: u32): NarEvent {
  if (narIsToken(ptr, len, Token.Entry)) return goOn(ctx, State.EntryOpen);
  if (!narIsToken(ptr, len, Token.Close)) return NarEvent.BadEntry;
  store<u32>(ctx + DEPTH, load<u32>(ctx + DEPTH) - 1);
  store<u32>(ctx + STATE, afterNode(ctx));
  return NarEvent.EndDirectory;
}

function acceptName(ctx: usize, ptr: usize, len: u32): NarEvent {
  if (!narIsName(ptr, len)) return NarEvent.BadName;
  return narNextName(lastName(ctx), ptr, len) ? goOn(ctx, State.NodeTag) : NarEvent.Unsorted;
}
