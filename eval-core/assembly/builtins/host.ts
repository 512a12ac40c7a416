/** Asking the host from builtins: what every request has in common (docs/requests.md). */
import { Err, MSG, fail, msgArgBytes, msgBegin, msgBytes, msgLit, raise } from '../diag/errors';
import { bufData, bufLen } from '../heap/text';
import { Answer, Req, answerData, answerLen, answerNumber, answerStatus, requestBegin, requestBytes, requestNumber } from '../requests';
import { mkString, strBytes, strLen } from '../value/layout';
import { awaitHost } from '../vm/native';

/** Kinds of messages. */
export const enum MessageKind {
  Trace = 0,
  EvaluationWarning = 1,
  Text = 2,
  Warning = 3,
}

/** Appends the bytes of a string object to the message, not coloured. */
export function msgString(s: usize): void {
  msgBytes(strBytes(s), strLen(s));
}

/** Sends the message that was built to stderr, then enters `next`. */
export function sendMessage(f: usize, kind: MessageKind, next: i32): i32 {
  requestBegin(Req.Message);
  requestNumber(kind);
  requestBytes(bufData(MSG), bufLen(MSG));
  return awaitHost(f, next);
}
export function sendWarning(f: usize, next: i32): i32 {
  return sendMessage(f, MessageKind.Warning, next);
}

/**
 * Whether the host has answered by what was asked for. If not, its error is raised; for what is missing `path '…' does not exist`, unless
 * the host has better words.
 */
export function answered(path: usize, pathLen: u32): bool {
  const status = answerStatus();
  if (status == Answer.Ok) return true;
  const number = answerNumber();
  if (answerLen()) {
    msgBegin();
    msgBytes(answerData(), answerLen());
    raise(number > 0 ? <Err>number : Err.Io);
    return false;
  }
  if (status == Answer.Missing) {
    msgBegin();
    msgLit("path '");
    msgArgBytes(path, pathLen);
    msgLit("' does not exist");
    raise(Err.Io);
    return false;
  }
  return fail(Err.Io, 'the host gave no answer') != 0;
}
/** The answer as a string without context. */
export function answerString(): usize {
  return mkString(answerData(), answerLen(), 0);
}
/** Length of the record at offset `from` of the answer: up to a NUL or the end. */
export function answerRecord(from: u32): u32 {
  const p = answerData();
  const n = answerLen();
  let i = from;
  while (i < n && load<u8>(p + i)) i++;
  return i - from;
}
/** The base name of the path that the host's message has between its marks. */
export function msgInvalidPath(): void {
  const p = answerData();
  const n = answerLen();
  let from: u32 = 0;
  while (from < n && load<u8>(p + from) != 0x0e) from++;
  let to = ++from;
  while (to < n && load<u8>(p + to) != 0x0f) to++;
  for (let i = from; i < to; i++) if (load<u8>(p + i) == 0x2f) from = i + 1;
  msgArgBytes(p + from, to > from ? to - from : 0);
}
/** As `answered`, for Realise: a path that is not valid is told by its base name. */
export function realised(): bool {
  if (answerStatus() != Answer.Error || answerNumber() != Err.InvalidPath) return answered(0, 0);
  msgBegin();
  msgLit("path '");
  msgInvalidPath();
  msgLit("' is not valid");
  raise(Err.InvalidPath);
  return false;
}
