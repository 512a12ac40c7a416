/** The global scope: `builtins`, its constants, and the names that are there without it. */
import { BUILTIN_COUNT, PROC_GLOBAL, PROC_IMPURE, builtinFeature, builtinName, procFlags } from '../gen/builtins';
import { globalSet } from '../compile/scope';
import { DERIVATION_PATH, DERIVATION_SOURCE } from '../derivation/source';
import { Origin, sourceRegister } from '../diag/positions';
import { arenaReset } from '../syntax/arena';
import { parse } from '../syntax/parser';
import { compileParsed } from '../vm/import';
import { bufData, bufLen, bufReset, bufStr, literalCopy } from '../heap/text';
import { permAlloc } from '../heap/pages';
import { KIND_PRIMOP, KIND_STRING } from '../value/kinds';
import { FALSE, NULL, TRUE, allocList, listSet, mkApp, mkInt, mkLambda, mkString, strBytes, strLen, tag } from '../value/layout';
import { DUP_LAST, attrsAdd, attrsBegin, attrsFinish, attrsSetValue, attrsShape, shapeFind } from '../value/shapes';
import { symbolIntern, symbolOf } from '../value/symbols';
import { StringSetting, currentTime, featureBit, featureEnabled, pureEval, settingString } from '../settings';

const NAME: usize = memory.data(12); // Buf

/**
 * Interns the names that Nix's evaluator knows from the start, in its order: attributes are met in the order of interning. Between `self`
 * and `startSet` is the empty one.
 */
function internWellKnown(): void {
  const text: string =
    'outPath drvPath type meta name value system __overrides outputs outputName __ignoreNulls file line column __functor __toString right wrong __structuredAttrs __json allowedReferences allowedRequisites disallowedReferences disallowedRequisites maxSize maxClosureSize builder args __contentAddressed __impure outputHash outputHashAlgo outputHashMode recurseForDerivations description self  startSet operator key path prefix outputSpecified __sub __lessThan __mul __div or __findFile __nixPath body ' +
    "builtins true false null currentTime currentSystem nixVersion storeDir langVersion traceVerbose nixPath scopedImport import typeOf isNull isFunction isInt isFloat isString isBool isPath genericClosure break abort throw addErrorContext ceil floor tryEval getEnv seq deepSeq trace warn derivationStrict placeholder toPath storePath pathExists baseNameOf dirOf readFile findFile hashFile readFileType readDir outputOf toXML toJSON fromJSON toFile filterSource attrNames attrValues getAttr unsafeGetAttrPos hasAttr isAttrs removeAttrs listToAttrs intersectAttrs catAttrs functionArgs mapAttrs zipAttrsWith isList elemAt head tail map filter elem concatLists length foldl' any all genList sort partition groupBy concatMap add sub mul div bitAnd bitOr bitXor lessThan toString substring stringLength hashString convertHash match split concatStringsSep replaceStrings parseDrvName compareVersions splitVersion unsafeDiscardStringContext hasContext unsafeDiscardOutputDependency addDrvOutputDependencies getContext appendContext fetchMercurial fetchTree fetchurl fetchTarball fetchGit fromTOML getFlake parseFlakeRef flakeRefToString derivation";
  const bytes = permAlloc(4096);
  const n = literalCopy(text, bytes);
  let at: u32 = 0;
  for (let i: u32 = 0; i <= n; i++) {
    if (i < n && load<u8>(bytes + i) != 0x20) continue;
    symbolIntern(bytes + at, i - at);
    at = i + 1;
  }
}
function setGlobal(name: string, v: usize): void {
  globalSet(symbolOf(name), v);
}
function permPrimop(id: u32): usize {
  const p = permAlloc(8);
  store<u32>(p, KIND_PRIMOP | (2 << 8));
  store<u32>(p, <u32>tag(id), 4);
  return p;
}
/** Puts a value into the set under construction, and in the global scope: by its own name or behind two underscores. */
function add(name: string, v: usize, global: bool): void {
  bufReset(NAME);
  bufStr(NAME, '__');
  bufStr(NAME, name);
  const hidden = name.startsWith('__');
  const all = symbolIntern(bufData(NAME), bufLen(NAME));
  const own = symbolIntern(bufData(NAME) + 2, bufLen(NAME) - 2);
  attrsAdd(own, v, 0);
  if (global || hidden) globalSet(own, v);
  else globalSet(all, v);
}
/** The value that `__name` or `name` stands for where a feature or pure evaluation hides it: nothing. */
function shown(id: u32): bool {
  if (pureEval() && procFlags(id) & PROC_IMPURE) return false;
  const feature = builtinFeature(id);
  return !feature.length || featureEnabled(featureBit(feature)) || (feature == 'fetch-tree' && featureEnabled(featureBit('flakes')));
}

/** The search path as `nixPath` gives it: sets of `path` and `prefix`. */
function nixPath(): usize {
  const records = settingString(StringSetting.NixPath);
  const n = strLen(records);
  const p = strBytes(records);
  let count: u32 = 0;
  for (let i: u32 = 0; i < n; i++) count += u32(!load<u8>(p + i));
  const list = allocList(count / 2);
  let at: u32 = 0;
  for (let k: u32 = 0; k < count / 2; k++) {
    const mark = attrsBegin();
    const prefix = field(p, n, at);
    at += strLen(prefix) + 1;
    const path = field(p, n, at);
    at += strLen(path) + 1;
    attrsAdd(symbolOf('path'), path, 0);
    attrsAdd(symbolOf('prefix'), prefix, 0);
    listSet(list, k, attrsFinish(mark, DUP_LAST));
  }
  return list;
}
function field(p: usize, n: u32, at: u32): usize {
  let end = at;
  while (end < n && load<u8>(p + end)) end++;
  return mkString(p + at, end - at, 0);
}

/** Makes the global scope from the settings; the host has given them by now. */
export function registerBuiltins(): void {
  internWellKnown();
  const mark = attrsBegin();
  setGlobal('true', TRUE);
  setGlobal('false', FALSE);
  setGlobal('null', NULL);
  attrsAdd(symbolOf('true'), TRUE, 0);
  attrsAdd(symbolOf('false'), FALSE, 0);
  attrsAdd(symbolOf('null'), NULL, 0);
  if (!pureEval()) {
    add('currentTime', mkInt(currentTime()), false);
    add('currentSystem', settingString(StringSetting.System), false);
  }
  add('nixVersion', settingString(StringSetting.NixVersion), false);
  add('storeDir', settingString(StringSetting.StoreDir), false);
  add('langVersion', tag(6), false);
  add('nixPath', nixPath(), false);
  for (let id: u32 = 0; id < BUILTIN_COUNT; id++) if (shown(id)) add(builtinName(id), permPrimop(id), (procFlags(id) & PROC_GLOBAL) != 0);
  add('derivation', TRUE, true);
  const self = symbolOf('builtins');
  attrsAdd(self, NULL, 0);
  const set = attrsFinish(mark, DUP_LAST);
  attrsSetValue(set, shapeFind(attrsShape(set), self), set);
  globalSet(self, set);
  const derivation = internalFunction(DERIVATION_SOURCE, DERIVATION_PATH);
  globalSet(symbolOf('derivation'), derivation);
  attrsSetValue(set, shapeFind(attrsShape(set), symbolOf('derivation')), derivation);
}

/** A suspended value of a source that is part of the evaluator. */
export function internalFunction(source: string, name: string): usize {
  const len = <u32>source.length;
  const src = permAlloc(len + 16);
  literalCopy(source, src);
  memory.fill(src + len, 0, 8);
  const bytes = permAlloc(12 + <usize>name.length + 4);
  store<u32>(bytes, KIND_STRING | (3 << 8));
  store<u32>(bytes, literalCopy(name, bytes + 12), 4);
  store<u32>(bytes, 0, 8);
  const base = sourceRegister(src, len, Origin.Internal, bytes);
  arenaReset();
  const slash = permAlloc(4);
  store<u8>(slash, 0x2f);
  const root = parse(src, len, base, slash, 1, slash, 1, 0);
  const fn = root ? compileParsed(root, 0, 0) : 0;
  if (!fn) unreachable();
  return mkApp(mkLambda(fn, 0), NULL);
}

/** Caches of builtins that are keyed by addresses; a collection empties them. */
export function builtinsForget(): void {}
