/**
 * Files: parsing, compiling, and the cache of what they evaluate to.
 *
 * `import` asks the host to resolve the path (final symlink, `default.nix`), then takes the resolved file's thunk: one for each file, so
 * that a file that imports itself is infinite recursion. The requested path is remembered too.
 *
 *   cache: open addressing over | symbol of a path | index |; values: CELLS in a root slot
 */
import { Proc } from '../gen/builtins';
import { compileRoot } from '../compile/compile';
import { undefinedPos, undefinedSymbol } from '../compile/undefined';
import { Origin, sourceRegister } from '../diag/positions';
import { Err, addTrace, msgArgBytes, msgArgSym, msgBegin, msgBytes, msgLit, raiseAt } from '../diag/errors';
import { internalFunction } from '../builtins/registry';
import { internalSource } from '../builtins/paths';
import { FETCHURL_PATH } from '../derivation/source';
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { pagesAlloc, pagesFree } from '../heap/pages';
import { ST_VM, rootAddress } from '../heap/state';
import { Answer, Req, answerData, answerLen, answerStatus, requestBegin, requestBytes, requestString } from '../requests';
import { NumberSetting, StringSetting, Feature, featureEnabled, settingNumber, settingString } from '../settings';
import { FEATURE_PIPES, FEATURE_PURE } from '../syntax/state';
import { arenaReset } from '../syntax/arena';
import { parse, parseErrorKind, parseErrorPos, parseErrorText, parseErrorTextLen } from '../syntax/parser';
import { KIND_PATH } from '../value/kinds';
import { NULL, cell, kindOf, mkCells, mkLambda, mkNativeThunk, setCell, strBytes, strContext, strLen, tag } from '../value/layout';
import { symbolBytes, symbolIntern, symbolLen, symbolString } from '../value/symbols';
import { Act, STATE_ERROR, acc, awaitHost, call1, done, force, setSlotInt, slot, slotInt, stateOf } from './native';
import { answerFailed } from './copy';
import { reportWarnings } from './warnings';

const TABLE: usize = ST_VM + 144;
const MASK: usize = ST_VM + 148;
const COUNT: usize = ST_VM + 152;
const VALUES: usize = ST_VM + 156; // values in use
const ROOT_VALUES: u32 = 1;

// ---- the cache

function place(sym: u32): usize {
  const table = <usize>load<u32>(TABLE);
  const mask = load<u32>(MASK);
  let at = (sym * 0x9e3779b1) & mask;
  while (load<u32>(table + ((<usize>at) << 3)) && load<u32>(table + ((<usize>at) << 3)) != sym) at = (at + 1) & mask;
  return table + ((<usize>at) << 3);
}
function grow(): void {
  const old = <usize>load<u32>(TABLE);
  const size = old ? load<u32>(MASK) + 1 : 0;
  const next: u32 = size ? size * 2 : 8192;
  store<u32>(TABLE, <u32>pagesAlloc((<usize>next) << 3));
  store<u32>(MASK, next - 1);
  for (let i: u32 = 0; i < size; i++) {
    const from = old + ((<usize>i) << 3);
    if (load<u32>(from)) store<u64>(place(load<u32>(from)), load<u64>(from));
  }
  if (old) pagesFree(old, (<usize>size) << 3);
}
/** The thunk of a path, or 0. */
function cached(sym: u32): usize {
  if (!load<u32>(TABLE)) grow();
  const at = place(sym);
  return load<u32>(at) ? cell(<usize>load<u32>(rootAddress(ROOT_VALUES)), load<u32>(at, 4)) : 0;
}
function remember(sym: u32, v: usize): void {
  if (load<u32>(COUNT) * 2 >= load<u32>(MASK)) grow();
  const n = load<u32>(VALUES);
  let values = <usize>load<u32>(rootAddress(ROOT_VALUES));
  const cap: u32 = values ? (load<u32>(values) >>> 8) - 1 : 0;
  if (n >= cap) {
    const bigger = mkCells(cap ? cap * 2 : 1024);
    for (let i: u32 = 0; i < n; i++) setCell(bigger, i, cell(values, i));
    values = bigger;
    store<u32>(rootAddress(ROOT_VALUES), <u32>values);
  }
  setCell(values, n, v);
  const at = place(sym);
  store<u32>(at, sym);
  store<u32>(at, n, 4);
  store<u32>(VALUES, n + 1);
  store<u32>(COUNT, load<u32>(COUNT) + 1);
}
/** Forgets every file (the repl's `:r`). */
export function importForget(): void {
  if (!load<u32>(TABLE)) return;
  memory.fill(<usize>load<u32>(TABLE), 0, (<usize>load<u32>(MASK) + 1) << 3);
  store<u32>(COUNT, 0);
  store<u32>(VALUES, 0);
  store<u32>(rootAddress(ROOT_VALUES), 0);
}

// ---- import. Slots: 0 path (string or path value)

export function proc_importFile(f: usize): i32 {
  const path = slot(f, 0);
  if (stateOf(f) == 0) {
    if (kindOf(path) == KIND_PATH && strContext(path)) return force(f, internalFile(path), 2);
    const sym = symbolIntern(strBytes(path), strLen(path));
    const known = cached(sym);
    if (known) return force(f, known, 2);
    requestBegin(Req.ResolveImport);
    requestString(path);
    return awaitHost(f, 1);
  }
  if (stateOf(f) == 2) return done(acc());
  if (answerStatus() != Answer.Ok) {
    answerFailed(path);
    return Act.Fail;
  }
  const asked = symbolIntern(strBytes(path), strLen(path));
  const resolved = symbolIntern(answerData(), answerLen());
  let v = cached(resolved);
  if (!v) {
    v = mkNativeThunk(Proc.evalBody, tag(<i32>resolved), NULL);
    remember(resolved, v);
  }
  if (asked != resolved) remember(asked, v);
  return force(f, v, 2);
}

/** The value of a file that is part of the language; remembered by its path behind a further slash, which no real path has. */
function internalFile(path: usize): usize {
  bufReset(INTERNAL);
  bufByte(INTERNAL, 0x2f);
  bufBytes(INTERNAL, strBytes(path), strLen(path));
  const sym = symbolIntern(bufData(INTERNAL), bufLen(INTERNAL));
  const known = cached(sym);
  if (known) return known;
  const v = internalFunction(internalSource(path), FETCHURL_PATH);
  remember(sym, v);
  return v;
}
const INTERNAL: usize = memory.data(12); // Buf

/** Evaluates the body of a file. Slots: 0 symbol of its path (tagged). */
export function proc_evalBody(f: usize): i32 {
  const sym = <u32>slotInt(f, 0);
  switch (stateOf(f)) {
    case 0:
      requestBegin(Req.ReadFile);
      requestBytes(symbolBytes(sym), symbolLen(sym));
      return awaitHost(f, 1);
    case 1: {
      if (answerStatus() != Answer.Ok) {
        answerFailed(symbolString(sym));
        return Act.Fail;
      }
      const fn = loadSource(answerData(), answerLen(), symbolBytes(sym), dirLength(sym), Origin.Path, symbolString(sym), 0, 0);
      if (!fn) return Act.Fail;
      setSlotInt(f, 1, 1);
      return call1(f, mkLambda(fn, 0), NULL, 2);
    }
    case STATE_ERROR:
      // what cannot be read or parsed was not evaluated
      if (slot(f, 1) != tag(1)) return Act.Fail;
      msgBegin();
      msgLit("while evaluating the file '");
      msgArgBytes(symbolBytes(sym), symbolLen(sym));
      msgLit("':");
      addTrace(0);
      return Act.Fail;
    default:
      return done(acc());
  }
}
/** Length of the folder's part of a path. */
function dirLength(sym: u32): u32 {
  let n = symbolLen(sym);
  const bytes = symbolBytes(sym);
  while (n > 1 && load<u8>(bytes + n - 1) != 0x2f) n--;
  return n > 1 ? n - 1 : n;
}

/** The parser's feature bits from the settings. */
export function parserFeatures(): u32 {
  return (
    (featureEnabled(Feature.PipeOperators) ? FEATURE_PIPES : 0) |
    (settingNumber(NumberSetting.PureEval) ? FEATURE_PURE : 0) |
    (settingNumber(NumberSetting.LintUrlLiterals) << 2) |
    (settingNumber(NumberSetting.LintShortPathLiterals) << 4) |
    (settingNumber(NumberSetting.LintAbsolutePathLiterals) << 6)
  );
}

/** Parses a source into the arena; returns the root node or 0 after an error, which is raised. */
export function parseSource(src: usize, len: u32, dir: usize, dirLen: u32, kind: Origin, name: usize): usize {
  const base = sourceRegister(src, len, kind, name);
  arenaReset();
  const home = settingString(StringSetting.HomeDirectory);
  const root = parse(src, len, base, dir, dirLen, strBytes(home), strLen(home), parserFeatures());
  reportWarnings();
  if (root) return root;
  msgBegin();
  msgBytes(parseErrorText(), parseErrorTextLen());
  return raiseAt(parseErrorKind() == 1 ? Err.Parse : Err.Plain, parseErrorPos());
}

/** Parses and compiles; returns the function record of the source's body, or 0 after an error, which is raised. */
export function loadSource(src: usize, len: u32, dir: usize, dirLen: u32, kind: Origin, name: usize, scope: usize, frame: usize): usize {
  const root = parseSource(src, len, dir, dirLen, kind, name);
  return root ? compileParsed(root, scope, frame) : 0;
}
export function compileParsed(root: usize, scope: usize, frame: usize): usize {
  const fn = compileRoot(root, scope, frame, 0);
  if (!fn) {
    msgBegin();
    msgLit("undefined variable '");
    msgArgSym(undefinedSymbol());
    msgLit("'");
    return raiseAt(Err.UndefinedVar, undefinedPos());
  }
  return fn;
}
