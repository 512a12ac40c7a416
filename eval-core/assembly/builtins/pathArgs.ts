/**
 * Arguments that are paths: values that stand for a path, made real (Nix's realisePath), and the strings that store paths are.
 */
import { addTrace, msgArgStr, msgBegin, msgLit } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset } from '../heap/text';
import { Req, answerData, answerLen, requestBegin, requestBytes, requestNumber } from '../requests';
import { contextCount, contextElement, contextOf } from '../value/context';
import { KIND_PATH, KIND_STRING } from '../value/kinds';
import { deref, isValue, kindOf, mkPath, mkString, strBytes, strContext, strLen, tag } from '../value/layout';
import { symbolBytes, symbolLen } from '../value/symbols';
import { Act, STATE_ERROR, acc, again, awaitHost, callProc, done, force, setSlot, slot, stateOf, traceOff, traceOn } from '../vm/native';
import { canonInto } from '../vm/paths';
import { answerRecord, realised } from './host';

const BUF: usize = memory.data(12, 4);

/** The path value of an absolute text. */
export function pathOfText(ptr: usize, len: u32): usize {
  bufReset(BUF);
  const out = bufReserve(BUF, len + 2);
  return mkPath(out, canonInto(ptr, len, out), 0);
}
/** The path that a value (maybe suspended) is, if nothing must be waited for; else 0. */
export function pathNow(v: usize): usize {
  const d = deref(v);
  const kind = kindOf(d);
  if (kind == KIND_PATH) return d;
  if (kind != KIND_STRING || strContext(d) || !strLen(d) || load<u8>(strBytes(d)) != 0x2f) return 0;
  return pathOfText(strBytes(d), strLen(d));
}

/** Goes on with the path that `v` is, realised, in `acc()`. */
export function realise(f: usize, v: usize, next: i32): i32 {
  return callProc(f, Proc.realisePath, v, tag(0), tag(0), tag(0), next);
}

/** Asks for what a context refers to: built, or there. */
export function askRealise(f: usize, context: usize, forImport: bool, next: i32): i32 {
  const n = contextCount(context);
  bufReset(BUF);
  for (let i: u32 = 0; i < n; i++) {
    const e = contextElement(context, i);
    bufBytes(BUF, symbolBytes(e), symbolLen(e));
    bufByte(BUF, 0);
  }
  requestBegin(Req.Realise);
  requestBytes(bufData(BUF), bufLen(BUF));
  requestNumber(forImport ? 1 : 0);
  return awaitHost(f, next);
}
/** A text with the placeholders of the answer replaced by paths, as a string object without context. */
export function answerRewrite(s: usize): usize {
  if (!answerLen()) return mkString(strBytes(s), strLen(s), 0);
  bufReset(BUF);
  const p = strBytes(s);
  const n = strLen(s);
  for (let i: u32 = 0; i < n;) {
    const skipped = load<u8>(p + i) == 0x2f ? rewriteAt(p + i, n - i) : 0;
    if (!skipped) bufByte(BUF, load<u8>(p + i));
    i += skipped ? skipped : 1;
  }
  return mkString(bufData(BUF), bufLen(BUF), 0);
}
/** Appends the path for the placeholder that stands here; returns its length, 0 if there is none. */
function rewriteAt(p: usize, n: u32): u32 {
  const data = answerData();
  const end = answerLen();
  for (let at: u32 = 0; at < end;) {
    const from = answerRecord(at);
    const to = at + from + 1 < end ? answerRecord(at + from + 1) : 0;
    if (from && from <= n && !memory.compare(data + at, p, from)) {
      bufBytes(BUF, data + at + from + 1, to);
      return from;
    }
    at += from + to + 2;
  }
  return 0;
}

const CONTEXT: string = 'while realising the context of a path';

/** Slots: 0 value, 1 path (string) → path value. */
export function proc_realisePath(f: usize): i32 {
  switch (stateOf(f)) {
    case 0: {
      const now = pathNow(slot(f, 0));
      if (now) return done(now);
      // forced here: a path keeps the accessor that its string would lose
      if (!isValue(deref(slot(f, 0)))) {
        traceOn(f, 0, CONTEXT);
        return force(f, slot(f, 0), 3);
      }
      return callProc(f, Proc.coerceToPath, slot(f, 0), tag(0), tag(<i32>changetype<usize>(CONTEXT)), tag(0), 1);
    }
    case 1: {
      const s = acc();
      if (!strContext(s)) return done(pathOfText(strBytes(s), strLen(s)));
      setSlot(f, 1, s);
      return askRealise(f, strContext(s), true, 2);
    }
    case 3:
      traceOff(f);
      setSlot(f, 0, acc());
      return again(f, 0);
    case STATE_ERROR: {
      const s = slot(f, 1);
      if (s == tag(0)) return Act.Fail;
      msgBegin();
      msgLit("while realising the context of path '");
      msgArgStr(s);
      msgLit("'");
      addTrace(0);
      return Act.Fail;
    }
  }
  const s = slot(f, 1);
  if (!realised()) return Act.Fail;
  const text = answerRewrite(s);
  return done(pathOfText(strBytes(text), strLen(text)));
}

/** A store path (symbol) as a string with itself as context. */
export function storePathString(path: u32): usize {
  return mkString(symbolBytes(path), symbolLen(path), contextOf(path));
}
