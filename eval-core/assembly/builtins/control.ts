/** Order of evaluation, errors, and messages to the user. */
import {
  Err,
  MSG,
  addTraceString,
  currentError,
  errorCode,
  fail,
  msgArgStr,
  msgBegin,
  msgLit,
  raise,
  setCurrentError,
} from '../diag/errors';
import { Proc } from '../gen/builtins';
import { printForTrace } from '../print/value';
import { NumberSetting, settingNumber, traceVerbose } from '../settings';
import { KIND_STRING } from '../value/kinds';
import { FALSE, NULL, TRUE, kindOf, tag } from '../value/layout';
import { allocAttrs, attrsSetValue, attrsShape, shapeFind } from '../value/shapes';
import { COERCE_COPY } from '../compile/coercion';
import { Act, STATE_ERROR, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';
import { debugging, stopAtBreak } from '../vm/debug';
import { arg } from './args';
import { coerce } from './coercion';
import { MessageKind, msgString, sendMessage } from './host';
import { Name, forced, later, nameSymbol, namedShape } from './support';

export function builtin_seq(a: usize): usize {
  return arg(a, 1);
}
/** Slots: what is forced deeply, the result. */
export function builtin_deepSeq(f: usize): i32 {
  return stateOf(f) ? done(slot(f, 1)) : callProc(f, Proc.deepForce, slot(f, 0), tag(0), tag(0), tag(0), 1);
}
/** Stops in the debugger, then what it is given. Slots: that. */
export function builtin_break(f: usize): i32 {
  return stateOf(f) || !debugging() ? done(slot(f, 0)) : stopAtBreak(f, 1);
}

// ---- tryEval

function tried(success: usize, value: usize): usize {
  const set = allocAttrs(namedShape(Name.Success, Name.Value, Name.Success));
  attrsSetValue(set, shapeFind(attrsShape(set), nameSymbol(Name.Value)), value);
  attrsSetValue(set, shapeFind(attrsShape(set), nameSymbol(Name.Success)), success);
  return set;
}
/** Catches `throw` and `assert`. Slots: expression. */
export function builtin_tryEval(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return force(f, slot(f, 0), 1);
    case 1:
      return done(tried(TRUE, slot(f, 0)));
  }
  const code = errorCode(currentError());
  if (code != Err.Throw && code != Err.Assert) return Act.Fail;
  setCurrentError(0);
  return done(tried(FALSE, FALSE));
}

// ---- throw, abort

const THROWN: string = 'while evaluating the error message passed to builtin.throw';
const ABORTED: string = 'while evaluating the error message passed to builtins.abort';

function thrown(s: usize): usize {
  msgBegin();
  msgString(s);
  return raise(Err.Throw);
}
export function builtin_throw(a: usize): usize {
  const s = forced(arg(a, 0));
  return s && kindOf(s) == KIND_STRING ? thrown(s) : later(Proc.throwCoerced, arg(a, 0), NULL);
}
/** Slots: message. */
export function proc_throwCoerced(f: usize): i32 {
  if (!stateOf(f)) return coerce(f, slot(f, 0), COERCE_COPY, THROWN, 1);
  return done(thrown(acc()));
}

function aborted(s: usize): usize {
  msgBegin();
  msgLit("evaluation aborted with the following error message: '");
  msgArgStr(s);
  msgLit("'");
  return raise(Err.Abort);
}
export function builtin_abort(a: usize): usize {
  const s = forced(arg(a, 0));
  return s && kindOf(s) == KIND_STRING ? aborted(s) : later(Proc.abortCoerced, arg(a, 0), NULL);
}
/** Slots: message. */
export function proc_abortCoerced(f: usize): i32 {
  if (!stateOf(f)) return coerce(f, slot(f, 0), COERCE_COPY, ABORTED, 1);
  return done(aborted(acc()));
}

// ---- messages

/** Slots: what is shown, result. */
export function builtin_trace(f: usize): i32 {
  if (stateOf(f) == 1 && debugging() && settingNumber(NumberSetting.DebuggerOnTrace)) return stopAtBreak(f, 2);
  if (stateOf(f)) return done(slot(f, 1));
  const v = slot(f, 0);
  msgBegin();
  if (kindOf(v) == KIND_STRING) msgString(v);
  else printForTrace(MSG, v);
  return sendMessage(f, MessageKind.Trace, 1);
}
/** Without the setting `trace-verbose`, its second argument; the first is not evaluated. Slots: as `trace`. */
export function builtin_traceVerbose(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return traceVerbose() ? force(f, slot(f, 0), 1) : done(slot(f, 1));
    case 1:
      setSlot(f, 0, acc());
      msgBegin();
      if (kindOf(acc()) == KIND_STRING) msgString(acc());
      else printForTrace(MSG, acc());
      return sendMessage(f, MessageKind.Trace, 2);
  }
  return done(slot(f, 1));
}
/** Slots: message, result. */
export function builtin_warn(f: usize): i32 {
  if (!stateOf(f)) {
    msgBegin();
    msgString(slot(f, 0));
    return sendMessage(f, MessageKind.EvaluationWarning, 1);
  }
  if (stateOf(f) == 1 && debugging() && settingNumber(NumberSetting.DebuggerOnWarn)) return stopAtBreak(f, 2);
  if (!settingNumber(NumberSetting.AbortOnWarn)) return done(slot(f, 1));
  fail(Err.Eval, 'aborting to reveal stack trace of warning, as abort-on-warn is set');
  return Act.Fail;
}

// ---- addErrorContext

const CONTEXT: string = 'while evaluating the error message passed to builtins.addErrorContext';
/** A trace line that is shown without `--show-trace` too. */
const ALWAYS: u32 = 1;

/**
 * The message is evaluated only when an error passes. Slots: message, expression, that error, whether the message is being
 * evaluated; an error in it takes the place of the first.
 */
export function builtin_addErrorContext(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return force(f, slot(f, 1), 1);
    case 1:
      return done(slot(f, 1));
    case 2:
      setCurrentError(slot(f, 2));
      addTraceString(0, acc(), ALWAYS);
      return Act.Fail;
  }
  if (slotInt(f, 3)) return Act.Fail;
  setSlot(f, 2, currentError());
  setSlotInt(f, 3, 1);
  setCurrentError(0);
  return coerce(f, slot(f, 0), 0, CONTEXT, 2);
}
