/** `hashString` and `convertHash`. */
import { hashBytes } from '../../../wasm/assembly/hash';
import { expectPlainString, expectString } from '../diag/check';
import { msgBegin, msgLit } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { bytesAre } from '../heap/text';
import { strBytes, strLen, tag } from '../value/layout';
import { attrsGet } from '../value/shapes';
import { Act, acc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { HashFormat, formatHash, parseHash, parseHashAlgo, parseHashFormat, parsedDigest } from './hashText';
import { sendWarning } from './host';
import { Name, forced, later, nameSymbol, requireAttr } from './support';

// ---- hashString

const HASHED: string = 'while evaluating the second argument passed to builtins.hashString';
const DIGEST: usize = memory.data(64, 8);

function hashed(algo: u32, s: usize): usize {
  hashBytes(algo, strBytes(s), strLen(s), DIGEST);
  return formatHash(DIGEST, algo, HashFormat.Base16);
}
/** The algorithm is known before the text is evaluated. */
export function builtin_hashString(a: usize): usize {
  const algo = parseHashAlgo(strBytes(arg(a, 0)), strLen(arg(a, 0)));
  if (algo < 0) return 0;
  const s = forced(arg(a, 1));
  if (!s) return later(Proc.hashStringForcing, tag(algo), arg(a, 1));
  return expectString(s, HASHED) ? hashed(algo, s) : 0;
}
/** Slots: algorithm, text. */
export function proc_hashStringForcing(f: usize): i32 {
  if (stateOf(f) == 0) {
    traceOn(f, 0, HASHED);
    return force(f, slot(f, 1), 1);
  }
  if (!expectString(acc(), '')) return Act.Fail;
  traceOff(f);
  return done(hashed(slotInt(f, 0), acc()));
}

// ---- convertHash

const enum State {
  Start = 0,
  Hash,
  Algo,
  Format,
  Warned,
}

/** Slots: the set, its hash, the algorithm (-1: none), the format. */
export function builtin_convertHash(f: usize): i32 {
  const set = slot(f, 0);
  const state = stateOf(f);
  if (state == State.Start) {
    const v = requireAttr(set, nameSymbol(Name.Hash), "while locating the attribute 'hash'");
    return v ? forceText(f, v, "while evaluating the attribute 'hash'", State.Hash) : Act.Fail;
  }
  if (state == State.Warned) return convert(f);
  if (!expectPlainString(acc(), '')) return Act.Fail;
  traceOff(f);
  if (state == State.Hash) {
    setSlot(f, 1, acc());
    setSlotInt(f, 2, -1);
    const v = attrsGet(set, nameSymbol(Name.HashAlgo));
    if (v) return forceText(f, v, "while evaluating the attribute 'hashAlgo'", State.Algo);
    return forceFormat(f, set);
  }
  if (state == State.Algo) {
    const algo = parseHashAlgo(strBytes(acc()), strLen(acc()));
    if (algo < 0) return Act.Fail;
    setSlotInt(f, 2, algo);
    return forceFormat(f, set);
  }
  const format = parseHashFormat(strBytes(acc()), strLen(acc()));
  if (format < 0) return Act.Fail;
  setSlotInt(f, 3, format);
  if (!bytesAre(strBytes(acc()), strLen(acc()), 'base32')) return convert(f);
  msgBegin();
  msgLit('"base32" is a deprecated alias for hash format "nix32".');
  return sendWarning(f, State.Warned);
}
function forceText(f: usize, v: usize, ctx: string, next: State): i32 {
  traceOn(f, 0, ctx);
  return force(f, v, next);
}
function forceFormat(f: usize, set: usize): i32 {
  const v = requireAttr(set, nameSymbol(Name.ToHashFormat), "while locating the attribute 'toHashFormat'");
  return v ? forceText(f, v, "while evaluating the attribute 'toHashFormat'", State.Format) : Act.Fail;
}
function convert(f: usize): i32 {
  const s = slot(f, 1);
  const algo = parseHash(strBytes(s), strLen(s), slotInt(f, 2));
  return algo < 0 ? Act.Fail : done(formatHash(parsedDigest(), algo, slotInt(f, 3)));
}
