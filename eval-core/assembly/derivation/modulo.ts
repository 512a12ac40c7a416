/**
 * The modulo hash of a derivation that this evaluation has not made: its text is asked of the host, and those of its inputs,
 * until all are known.
 */
import { answered } from '../builtins/host';
import { Err, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { Answer, Req, answerData, answerLen, answerStatus, requestBegin, requestString } from '../requests';
import { NULL, mkString, strBytes, strLen, tag } from '../value/layout';
import { symbolIntern, symbolString } from '../value/symbols';
import { Act, awaitHost, callProc, done, setSlot, slot, stateOf } from '../vm/native';
import { atermPrepare } from './aterm';
import { draftRemember, unknownInput } from './compute';
import { knownGet } from './known';
import { draftParse } from './parse';
import { storeNameOffset } from './store-path';

/** The name in a derivation's path, without `.drv`, as a string object. */
export function nameOfDrv(path: usize): usize {
  const offset = storeNameOffset();
  return mkString(strBytes(path) + offset, strLen(path) - offset - 4, 0);
}
/** Asks for the text of the derivation at a path (a string object). */
export function askDerivation(f: usize, path: usize, next: i32): i32 {
  requestBegin(Req.ReadDerivation);
  requestString(path);
  return awaitHost(f, next);
}
/** The text that was answered, as a string object; 0 after an error. `input`: it is wanted for its hash alone. */
export function answeredDerivation(path: usize, input: bool): usize {
  if (answerStatus() != Answer.Missing) return answered(strBytes(path), strLen(path)) ? mkString(answerData(), answerLen(), 0) : 0;
  msgBegin();
  msgLit(input ? "store path '" : "path '");
  msgArgStr(path);
  msgLit(input ? "' does not exist" : "' is not a valid store path");
  return raise(input ? Err.Plain : Err.InvalidPath);
}

// slots: 0 path (string), 1 text
export function proc_derivationModulo(f: usize): i32 {
  const path = slot(f, 0);
  const sym = symbolIntern(strBytes(path), strLen(path));
  if (stateOf(f) == 0) return knownGet(sym) ? done(NULL) : askDerivation(f, path, 1);
  if (stateOf(f) == 1) {
    const text = answeredDerivation(path, true);
    if (!text) return Act.Fail;
    setSlot(f, 1, text);
  }
  const text = slot(f, 1);
  if (!draftParse(strBytes(text), strLen(text), nameOfDrv(path))) return Act.Fail;
  const unknown = unknownInput();
  if (unknown) return callProc(f, Proc.derivationModulo, symbolString(unknown), tag(0), tag(0), tag(0), 2);
  atermPrepare();
  if (!draftRemember(sym)) return Act.Fail;
  return done(NULL);
}
