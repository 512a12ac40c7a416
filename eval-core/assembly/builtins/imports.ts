/** `import` and `scopedImport`. */
import { Proc } from '../gen/builtins';
import { Origin } from '../diag/positions';
import { frameNew, frameTake, scopeNew, scopeReady } from '../compile/scope';
import { arenaAlloc } from '../syntax/arena';
import { Answer, Req, answerData, answerLen, answerNumber, answerStatus, requestBegin, requestNumber, requestString } from '../requests';
import { isDrvName, isStorePath } from '../derivation/store-path';
import { alloc } from '../heap/alloc';
import { KIND_ENV } from '../value/kinds';
import { NULL, mkLambda, mkString, strBytes, strLen, tag } from '../value/layout';
import { attrsCount, attrsSymbol, attrsValue } from '../value/shapes';
import { Act, acc, awaitHost, call1, callProc, done, setSlot, slot, stateOf } from '../vm/native';
import { answerFailed } from '../vm/copy';
import { compileParsed, parseSource } from '../vm/import';
import { permAlloc } from '../heap/pages';

function literalTag(s: string): usize {
  return tag(<i32>changetype<usize>(s));
}

/** Whether a path is that of a derivation in the store, which `import` reads if it is valid. */
function isDerivation(path: usize): bool {
  return isDrvName(strBytes(path), strLen(path)) && isStorePath(strBytes(path), strLen(path));
}
function askValid(f: usize, path: usize, next: i32): i32 {
  requestBegin(Req.QueryPath);
  requestString(path);
  requestNumber(0);
  return awaitHost(f, next);
}
function isValidPath(): bool {
  return answerStatus() == Answer.Ok && answerNumber() != 0;
}
/** Reads the derivation at a path (a path value), then enters `next` with its value. */
function importDerivation(f: usize, path: usize, next: i32): i32 {
  return callProc(f, Proc.importDerivation, mkString(strBytes(path), strLen(path), 0), tag(0), tag(0), tag(0), next);
}

/** Slots: path. */
export function builtin_import(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return callProc(f, Proc.realisePath, slot(f, 0), 1, literalTag('while realising the context of a path'), 1, 1);
    case 1:
      if (!isDerivation(acc())) return callProc(f, Proc.importFile, acc(), 1, 1, 1, 2);
      setSlot(f, 0, acc());
      return askValid(f, acc(), 3);
    case 3:
      return isValidPath() ? importDerivation(f, slot(f, 0), 2) : callProc(f, Proc.importFile, slot(f, 0), 1, 1, 1, 2);
    default:
      return done(acc());
  }
}

function askResolved(f: usize): i32 {
  requestBegin(Req.ResolveImport);
  requestString(slot(f, 2));
  return awaitHost(f, 2);
}
/** Slots: 0 scope, 1 path, 2 its text, 3 resolved. */
export function builtin_scopedImport(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return callProc(f, Proc.realisePath, slot(f, 1), 1, literalTag('while realising the context of a path'), 1, 1);
    case 1:
      setSlot(f, 2, acc());
      return isDerivation(acc()) ? askValid(f, acc(), 5) : askResolved(f);
    case 5:
      return isValidPath() ? importDerivation(f, slot(f, 2), 4) : askResolved(f);
    case 2:
      if (answerStatus() != Answer.Ok) {
        answerFailed(slot(f, 2));
        return Act.Fail;
      }
      setSlot(f, 3, mkString(answerData(), answerLen(), 0));
      requestBegin(Req.ReadFile);
      requestString(slot(f, 3));
      return awaitHost(f, 3);
    case 3: {
      if (answerStatus() != Answer.Ok) {
        answerFailed(slot(f, 3));
        return Act.Fail;
      }
      const v = scopedSource(answerData(), answerLen(), slot(f, 3), slot(f, 0));
      return v ? call1(f, v, NULL, 4) : Act.Fail;
    }
    default:
      return done(acc());
  }
}

/** A permanent copy of a string object. */
function keepString(s: usize): usize {
  const bytes = 12 + ((<usize>strLen(s) + 3) & ~3);
  const p = permAlloc(bytes);
  memory.copy(p, s, bytes);
  store<u32>(p, 0, 8);
  return p;
}
function scopedSource(src: usize, len: u32, path: usize, scope: usize): usize {
  const name = keepString(path);
  let dir = strLen(name);
  while (dir > 1 && load<u8>(strBytes(name) + dir - 1) != 0x2f) dir--;
  const root = parseSource(src, len, strBytes(name), dir > 1 ? dir - 1 : dir, Origin.Path, name);
  return root ? compileIn(root, scope) : 0;
}

/** The function (of an argument that does not matter) that evaluates a tree in the scope of a set's attributes. */
export function compileIn(root: usize, scope: usize): usize {
  const n = attrsCount(scope);
  const frame = frameNew(0, 0xffffffff);
  const names = arenaAlloc(<usize>n * 4 + 4);
  for (let i: u32 = 0; i < n; i++) store<u32>(names + ((<usize>i) << 2), attrsSymbol(scope, i));
  const outer = scopeNew(0, frame, names, n, frameTake(frame, n), 4);
  scopeReady(outer, n);
  const fn = compileParsed(root, outer, frame);
  if (!fn) return 0;
  const env = alloc(KIND_ENV, 8 + ((<usize>n) << 2));
  store<u32>(env, 0, 4);
  for (let i: u32 = 0; i < n; i++) store<u32>(env + ((<usize>i) << 2), <u32>attrsValue(scope, i), 8);
  return mkLambda(fn, env);
}
