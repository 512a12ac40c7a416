/**
 * `Proc.printValue`: a value printed while it is being evaluated, for `nix eval` and the REPL.
 *
 * Slots: 0 value, 1 options (PRINT_*, tagged), 2 greatest depth (tagged; negative: none) | 3 printer, 4 text, 5 position of what is forced.
 */
import { coerce } from '../builtins/coercion';
import { valuePosition } from '../diag/value-position';
import { E_MESSAGE, Err, currentError, errorCode, fail, setCurrentError } from '../diag/errors';
import { cell, strBytes, strLen } from '../value/layout';
import { maxCallDepth } from '../settings';
import { Act, STATE_ERROR, acc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';
import { NO_LIMIT } from './literal';
import { OUT, outputBegin, outputSave, outputString } from './output';
import {
  PRINTED,
  PRINT_NEEDS_FORCE,
  PRINT_NEEDS_PATH,
  PRINT_PLACES,
  printerDerivation,
  printerErrorPasses,
  printerNew,
  printerPrintError,
  printerStep,
  printerValue,
} from './printer';

const enum State {
  Begin = 0,
  Forced,
  Path,
}

export function proc_printValue(f: usize): i32 {
  outputBegin();
  switch (stateOf(f)) {
    case State.Begin: {
      const depth = slotInt(f, 2);
      setSlot(
        f,
        3,
        printerNew(slot(f, 0), (<u32>slotInt(f, 1)) | PRINT_PLACES, depth < 0 ? NO_LIMIT : <u32>depth, NO_LIMIT, NO_LIMIT, maxCallDepth()),
      );
      break;
    }
    case State.Path:
      printerDerivation(slot(f, 3), OUT, acc());
      break;
    case STATE_ERROR:
      if (!printError(slot(f, 3))) return Act.Fail;
  }
  return proceed(f);
}

function proceed(f: usize): i32 {
  const p = slot(f, 3);
  const need = printerStep(p, OUT);
  if (need == PRINTED) return done(outputString(f, 4, 0));
  outputSave(f, 4);
  if (need == PRINT_NEEDS_FORCE) {
    setSlotInt(f, 5, <i32>valuePosition(printerValue(p), 0));
    return force(f, printerValue(p), State.Forced);
  }
  if (need == PRINT_NEEDS_PATH) return coerce(f, printerValue(p), 0, 'while evaluating the drvPath of a derivation', State.Path);
  fail(Err.StackOverflow, 'stack overflow; max-call-depth exceeded');
  return Act.Fail;
}

/** Prints the error in flight instead of the value, unless it shall pass. */
function printError(p: usize): bool {
  const e = currentError();
  const code = errorCode(e);
  if (code == Err.StackOverflow || code == Err.Memory || code == Err.Interrupted || printerErrorPasses(p)) return false;
  const message = cell(e, E_MESSAGE);
  printerPrintError(p, OUT, strBytes(message), strLen(message));
  setCurrentError(0);
  return true;
}
