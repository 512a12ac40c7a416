/**
 * `findFile`, which `<x>` stands for: a path below one of the entries of a search path. What an entry refers to is asked of the
 * host once for each text.
 */
import { expectAttrs, expectPlainString } from '../diag/check';
import { Err, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufBytes, bufData, bufLen, bufReset, bytesStart } from '../heap/text';
import { Answer, Req, answerData, answerLen, answerNumber, answerStatus, requestBegin, requestString } from '../requests';
import { pureEval } from '../settings';
import { EMPTY_STRING, cell, listGet, listLen, mkCells, mkPath, setCell, strBytes, strContext, strLen } from '../value/layout';
import { attrsGet } from '../value/shapes';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { Act, acc, awaitHost, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { coerce } from './coercion';
import { answered, msgInvalidPath } from './host';
import { answerRewrite, askRealise, pathOfText } from './pathArgs';
import { requireAttr } from './support';
import { Word, wordSymbol } from '../derivation/words';
import { tableGet, tableSet } from '../derivation/table';

const PREFIX: string = 'while evaluating the `prefix` attribute of an element of the list passed to builtins.findFile';
const ELEMENT: string = 'while evaluating an element of the list passed to builtins.findFile';
const PATH: string = 'while evaluating the `path` attribute of an element of the list passed to builtins.findFile';
const NAME: string = 'while evaluating the second argument passed to builtins.findFile';

/** text of an entry → MISSING, or FOUND + the symbol of its path */
const RESOLVED: usize = memory.data(12, 4);
const MISSING: u32 = 1;
const FOUND: u32 = 2;
const BUF: usize = memory.data(12, 4);

/** An accessor of paths: files that are part of the language. */
export const INTERNAL_FILES: usize = 1;

const enum S {
  List = 0,
  Name,
  Index,
  /** cells: prefix, path, … */
  Entries,
  Current,
}
const enum State {
  Element = 0,
  Attrs,
  Prefix,
  Path,
  Realised,
  Name,
  Resolved,
  Found,
}

/** Slots: see S. */
export function builtin_findFile(f: usize): i32 {
  let state = stateOf(f);
  for (;;) {
    switch (state) {
      case State.Element: {
        if (slotInt(f, S.Index) == 0) setSlot(f, S.Entries, mkCells(listLen(slot(f, S.List)) * 2 + 1));
        if (<u32>slotInt(f, S.Index) == listLen(slot(f, S.List))) {
          traceOn(f, 0, NAME);
          setSlotInt(f, S.Index, 0);
          return force(f, slot(f, S.Name), State.Name);
        }
        return force(f, listGet(slot(f, S.List), slotInt(f, S.Index)), State.Attrs);
      }
      case State.Attrs: {
        if (!expectAttrs(acc(), ELEMENT)) return Act.Fail;
        setSlot(f, S.Current, acc());
        const prefix = attrsGet(acc(), wordSymbol(Word.Prefix));
        traceOn(f, 0, PREFIX);
        return force(f, prefix ? prefix : EMPTY_STRING, State.Prefix);
      }
      case State.Prefix: {
        if (!expectPlainString(acc(), '')) return Act.Fail;
        traceOff(f);
        setCell(slot(f, S.Entries), slotInt(f, S.Index) * 2, acc());
        const path = requireAttr(slot(f, S.Current), wordSymbol(Word.Path), 'in an element of the __nixPath');
        return path ? coerce(f, path, 0, PATH, State.Path) : Act.Fail;
      }
      case State.Path: {
        const s = acc();
        setCell(slot(f, S.Entries), slotInt(f, S.Index) * 2 + 1, s);
        if (strContext(s)) return askRealise(f, strContext(s), true, State.Realised);
        setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
        state = State.Element;
        break;
      }
      case State.Realised:
        if (!entryRealised(f)) return Act.Fail;
        setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
        state = State.Element;
        break;
      case State.Name:
        if (!expectPlainString(acc(), '')) return Act.Fail;
        traceOff(f);
        setSlot(f, S.Name, acc());
        return lookUp(f);
      case State.Resolved:
        if (!takeResolved(f)) return Act.Fail;
        return lookUp(f);
      case State.Found: {
        if (answerStatus() == Answer.Ok) return done(mkPath(answerData(), answerLen(), 0));
        if (answerStatus() == Answer.Error) {
          answered(0, 0);
          return Act.Fail;
        }
        setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
        return lookUp(f);
      }
      default:
        return Act.Fail;
    }
  }
  return Act.Fail;
}

/** The entry's path with what its context refers to. */
function entryRealised(f: usize): bool {
  const at = slotInt(f, S.Index) * 2 + 1;
  const s = cell(slot(f, S.Entries), at);
  if (answerStatus() == Answer.Error && answerNumber() == Err.InvalidPath) {
    msgBegin();
    msgLit("cannot find '");
    msgArgStr(s);
    msgLit("', since path '");
    msgInvalidPath();
    msgLit("' is not valid");
    raise(Err.Eval);
    return false;
  }
  if (!answered(strBytes(s), strLen(s))) return false;
  setCell(slot(f, S.Entries), at, answerRewrite(s));
  return true;
}
/** What is left of the name behind a prefix: offset, or -1 where the prefix does not fit. */
function suffixAt(prefix: usize, name: usize): i32 {
  const n = strLen(prefix);
  const len = strLen(name);
  const separated = n > 0 && n < len;
  if (n > len || memory.compare(strBytes(prefix), strBytes(name), n)) return -1;
  if (separated && load<u8>(strBytes(name) + n) != 0x2f) return -1;
  return separated ? n + 1 : n;
}

/** Goes through the entries from the index on. */
function lookUp(f: usize): i32 {
  const name = slot(f, S.Name);
  const n = <i32>listLen(slot(f, S.List));
  for (let i = slotInt(f, S.Index); i < n; i++) {
    const entry = cell(slot(f, S.Entries), i * 2 + 1);
    const suffix = suffixAt(cell(slot(f, S.Entries), i * 2), name);
    if (suffix < 0) continue;
    setSlotInt(f, S.Index, i);
    const known = tableGet(RESOLVED, symbolIntern(strBytes(entry), strLen(entry)));
    if (known == MISSING) continue;
    if (!known) {
      requestBegin(Req.ResolveSearchPath);
      requestString(entry);
      return awaitHost(f, State.Resolved);
    }
    bufReset(BUF);
    bufBytes(BUF, symbolBytes(known - FOUND), symbolLen(known - FOUND));
    bufByte(BUF, 0x2f);
    bufBytes(BUF, strBytes(name) + suffix, strLen(name) - suffix);
    const path = pathOfText(bufData(BUF), bufLen(BUF));
    setSlot(f, S.Current, path);
    requestBegin(Req.RealPath);
    requestString(path);
    return awaitHost(f, State.Found);
  }
  if (bytesStart(strBytes(name), strLen(name), 'nix/')) return done(mkPath(strBytes(name) + 3, strLen(name) - 3, INTERNAL_FILES));
  return notFound(name);
}
function takeResolved(f: usize): bool {
  const entry = cell(slot(f, S.Entries), slotInt(f, S.Index) * 2 + 1);
  if (answerStatus() == Answer.Error) return answered(strBytes(entry), strLen(entry));
  const sym = symbolIntern(strBytes(entry), strLen(entry));
  if (answerStatus() == Answer.Missing) tableSet(RESOLVED, sym, MISSING);
  else tableSet(RESOLVED, sym, FOUND + symbolIntern(answerData(), answerLen()));
  return true;
}
function notFound(name: usize): i32 {
  msgBegin();
  msgLit(pureEval() ? "cannot look up '<" : "file '");
  msgArgStr(name);
  msgLit(
    pureEval()
      ? ">' in pure evaluation mode (use '--impure' to override)"
      : "' was not found in the Nix search path (add it using $NIX_PATH or -I)",
  );
  raise(Err.Throw);
  return Act.Fail;
}
