/** Errors of instructions. Each raises and returns Step.Fail. */
import { msgArgValue, msgShowType } from '../diag/check';
import { E_SUGGESTIONS, Err, addTraceLit, currentError, msgArgSym, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { KIND_ATTRS } from '../value/kinds';
import { kindOf, setCell } from '../value/layout';
import { suggestAttributes } from '../diag/suggest';
import { NOT_ENTERED, VM_AUX } from './native';
import { Step } from './steps';
import { tracePath } from './unwind';

/** `expected WHAT but found …` at a position. */
export function failExpectedAt(what: string, v: usize, pos: u32): Step {
  msgBegin();
  msgLit('expected ');
  msgLit(what);
  msgLit(' but found ');
  msgShowType(v);
  msgLit(': ');
  msgArgValue(v);
  raiseAt(Err.Type, pos);
  return Step.Fail;
}
export function failBoolean(v: usize, pos: u32): Step {
  return failExpectedAt('a Boolean', v, pos);
}
export function failNotSet(v: usize, pos: u32, ctx: string): Step {
  failExpectedAt('a set', v, 0);
  if (ctx.length) addTraceLit(pos, ctx);
  return Step.Fail;
}
export function failDepth(pos: u32): Step {
  msgBegin();
  msgLit('stack overflow; max-call-depth exceeded');
  raiseAt(Err.StackOverflow, pos);
  return Step.Fail;
}
/** The same before the builtin behind an operator was entered. */
export function failEntering(pos: u32): Step {
  store<u32>(VM_AUX, NOT_ENTERED);
  return failDepth(pos);
}
/** Selection from what is no set, or has no such attribute. */
export function failSelect(s: usize, sym: u32, pos: u32): Step {
  if (kindOf(s) != KIND_ATTRS) return failNotSet(s, pos, 'while selecting an attribute');
  msgBegin();
  msgLit("attribute '");
  msgArgSym(sym);
  msgLit("' missing");
  raiseAt(Err.Eval, pos);
  setCell(currentError(), E_SUGGESTIONS, suggestAttributes(s, sym));
  return Step.Fail;
}
/** The same at a later step of a path: told with the attribute before it, whose position is given (tagged). */
export function failSelectLater(s: usize, sym: u32, record: usize, before: u32): Step {
  failSelect(s, sym, load<u32>(record));
  tracePath(record, before >>> 1, 0);
  return Step.Fail;
}
