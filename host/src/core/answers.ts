// Answers to the machine's requests (docs/requests.md), from a HostIO.
import { type Answer, AnswerStatus, ErrorCode, encodeText, missing, ok, packMessage, Req, type Request } from '@vixen/eval-core';
import { parentPath, resolveImport, resolveSymlinks } from './files/paths.ts';
import { FileError, type FileStat, type FileType } from './files/tree.ts';
import { HostError, type HostIO, type MaybePromise, type MessageKind } from './io.ts';

const NUL = '\0';
const text = (value: string, number = 0): Answer => ok(encodeText(value), number);

/** Records separated by NUL; no text is no record, and a NUL at the end does no harm. */
const records = (operand: string) => {
  const parts = operand.split(NUL);
  if (parts.at(-1) === '') parts.pop();
  return parts;
};
const writeRecords = (values: Iterable<string>) => [...values].map((value) => value + NUL).join('');

const statNumbers: Record<FileType, number> = { regular: 1, directory: 2, symlink: 3, other: 4 };
const typeLetters: Record<FileType, string> = { regular: 'r', directory: 'd', symlink: 'l', other: 'u' };
const messageKinds: MessageKind[] = ['trace', 'evaluation warning', 'text', 'warning'];

enum StatMode {
  Final = 0,
  Follow = 1,
  Nothing = 2,
}

enum AddPathFlag {
  Recursive = 1,
  Follow = 2,
  ComputeOnly = 4,
}

enum QueryMode {
  Valid = 0,
  MakeValid = 1,
  Closure = 2,
  References = 3,
}

/** What went wrong, as an answer. Errors that are no error of the program go on as exceptions. */
function failure(error: unknown): Answer {
  if (error instanceof FileError) {
    const code = error.code === 'forbidden' ? ErrorCode.Restricted : ErrorCode.Io;
    const status = error.code === 'missing' ? AnswerStatus.Missing : AnswerStatus.Error;
    return { status, bytes: encodeText(error.message), number: code };
  }
  if (error instanceof HostError) {
    const packed = packMessage(error.message, error.traces, error.status);
    return { status: AnswerStatus.Error, bytes: encodeText(packed), number: error.code };
  }
  throw error;
}

/** Values at once, promises later. */
function after<T>(value: MaybePromise<T>, use: (value: T) => Answer): MaybePromise<Answer> {
  return value instanceof Promise ? value.then(use).catch(failure) : use(value);
}

function readFile(io: HostIO, request: Request): Answer {
  let room: Uint8Array | undefined;
  const bytes = io.files.readFile(request.text(0), (length) => {
    const buffer = request.buffer(length);
    room = buffer;
    return buffer;
  });
  const inPlace = room !== undefined && bytes.buffer === room.buffer && bytes.byteOffset === room.byteOffset;
  return inPlace ? { status: AnswerStatus.Ok, written: bytes.length } : ok(bytes);
}

const ascii = 0x7f;

/** Records `name NUL letter`, put into the machine's memory at once where the names are plain: nixpkgs lists 20,000 of them. */
function readDir(io: HostIO, request: Request): Answer {
  const entries = io.files.readDir(request.text(0));
  let length = 0;
  for (const [name] of entries) length += name.length + 2;
  const out = request.buffer(length);
  let at = 0;
  for (const [name, type] of entries) {
    for (let i = 0; i < name.length; i++) {
      const code = name.charCodeAt(i);
      if (code > ascii) return text(entries.map(([other, otherType]) => other + NUL + typeLetters[otherType]).join(''));
      out[at++] = code;
    }
    out[at++] = 0;
    out[at++] = typeLetters[type].charCodeAt(0);
  }
  return { status: AnswerStatus.Ok, written: length };
}

/** Looks at a path on which no symlink may lie, as Nix's plain file system does. */
function statWithoutLinks(io: HostIO, path: string): FileStat | undefined {
  for (let above = parentPath(path); above !== '/'; above = parentPath(above)) {
    if (io.files.lstat(above)?.type === 'symlink') throw new FileError('failed', `path '\x0e${above}\x0f' is a symlink`);
  }
  return io.files.lstat(path);
}

function stat(io: HostIO, request: Request): Answer {
  const path = request.text(0);
  const mode = request.number(1);
  const look = () => {
    if (mode === StatMode.Nothing) return statWithoutLinks(io, path);
    return mode === StatMode.Follow ? io.files.stat(path) : io.files.lstat(path);
  };
  const found = look();
  return ok(undefined, found ? statNumbers[found.type] : 0);
}

function realPath(io: HostIO, request: Request): Answer {
  const path = resolveSymlinks(io.files, request.text(0));
  const found = io.files.lstat(path);
  return found ? text(path, statNumbers[found.type]) : missing();
}

function addPath(io: HostIO, request: Request): MaybePromise<Answer> {
  const flags = request.number(3);
  const path = io.store.addPath({
    path: request.text(0),
    name: request.text(1),
    recursive: (flags & AddPathFlag.Recursive) !== 0,
    follow: (flags & AddPathFlag.Follow) !== 0,
    computeOnly: (flags & AddPathFlag.ComputeOnly) !== 0,
    references: records(request.text(4)),
    expected: request.text(2),
    kept: request.count > 5 ? records(request.text(5)) : undefined,
  });
  return after(path, (found) => {
    io.files.allow?.(found);
    return text(found);
  });
}

function addText(io: HostIO, request: Request): MaybePromise<Answer> {
  const path = request.text(3);
  return after(io.store.addText(request.text(0), request.bytes(1), records(request.text(2)), path), () => {
    io.files.allow?.(path);
    return ok();
  });
}

function queryPath(io: HostIO, request: Request): MaybePromise<Answer> {
  const path = request.text(0);
  switch (request.number(1)) {
    case QueryMode.MakeValid:
      return after(io.store.makeValid(path), () => ok());
    case QueryMode.Closure:
      return after(io.store.closure(path), (entries) =>
        text(writeRecords(entries.flatMap((entry) => [entry.path, [...entry.outputs].sort().join(' ')]))),
      );
    case QueryMode.References:
      return after(io.store.references(path), (found) => (found ? text(writeRecords(found)) : missing()));
    default:
      return after(io.store.isValid(path), (valid) => ok(undefined, valid ? 1 : 0));
  }
}

const orMissing = (value: string | undefined) => (value === undefined ? missing() : text(value));

function answerOf(io: HostIO, request: Request): MaybePromise<Answer> {
  switch (request.kind) {
    case Req.ReadFile:
      return readFile(io, request);
    case Req.ReadDir:
      return readDir(io, request);
    case Req.Stat:
      return stat(io, request);
    case Req.ResolveImport:
      return text(resolveImport(io.files, request.text(0)));
    case Req.RealPath:
      return realPath(io, request);
    case Req.AddPath:
      return addPath(io, request);
    case Req.AddText:
      return addText(io, request);
    case Req.ResolveSearchPath:
      return after(io.fetching.searchPath(request.text(0)), orMissing);
    case Req.Fetch:
      return after(io.fetching.fetch(request.text(0), request.text(1)), (json) => text(json));
    case Req.GetEnv:
      return orMissing(io.env(request.text(0)));
    case Req.Message:
      io.message(messageKinds[request.number(0)] ?? 'text', request.text(1));
      return ok();
    case Req.Realise:
      return after(io.store.realise(records(request.text(0)), request.number(1) === 1), (pairs) => text(writeRecords([...pairs].flat())));
    case Req.QueryPath:
      return queryPath(io, request);
    case Req.ReadDerivation:
      return after(io.store.readDerivation(request.text(0)), (bytes) => ok(bytes));
    case Req.Now:
      return text(String(io.now()));
    case Req.HashFile:
      return text(io.hash(io.files.readFile(request.text(0)), request.text(1)));
    case Req.Exec:
      return ok(io.exec(records(request.text(0))));
    case Req.Flake:
      return after(io.fetching.flake(request.text(0), request.text(1)), (json) => text(json));
    case Req.Debug:
      return after(io.debug?.({ reason: request.number(0) === 0 ? 'error' : 'break', tried: request.number(1) !== 0 }), () => ok());
    default:
      throw new Error(`the evaluator asked for something unknown (request ${request.kind})`);
  }
}

/** Answers one request; where a file has to be waited for first, with a promise. */
export function answer(io: HostIO, request: Request): MaybePromise<Answer> {
  try {
    return answerOf(io, request);
  } catch (error) {
    // A tree that has to wait throws what it waits for. Nothing has happened yet, so the request is answered anew.
    if (error instanceof Promise) return error.then(() => answer(io, request));
    return failure(error);
  }
}
