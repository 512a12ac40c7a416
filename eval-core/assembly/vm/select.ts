/**
 * Longer attribute paths with computed names or a default. What is known of such a path lies on the stack below the value at hand:
 *
 *   | position of the attribute selected last (tagged; 0: none yet) | symbols of the computed names so far (tagged; 0: not known yet) … |
 *
 * An error on the way is told with that position and those names, as in Nix's ExprSelect::eval.
 */
import { PATH_NAME, PR_COMPUTED, PR_STEP, PR_STEPS } from '../compile/paths';
import { expectPlainStringAt } from '../diag/check';
import { KIND_ATTRS } from '../value/kinds';
import { deref, isValue, kindOf, tag } from '../value/layout';
import { attrsPos, attrsShape, attrsValue, shapeFind } from '../value/shapes';
import { selectDynSymbol } from './bindings';
import { failSelect } from './fail';
import { enterSuspended } from './frames';
import { VM_AUX, VM_PC, VM_SP } from './native';
import { Step } from './steps';

function goOn(bytes: u32): Step {
  store<u32>(VM_PC, load<u32>(VM_PC) + bytes);
  return Step.Reload;
}
function computed(record: usize): u32 {
  return load<u32>(record, PR_COMPUTED);
}
/** Where the symbols are while a part of the path is forced: the part itself is off the stack. */
export function pathSymbols(sp: usize, record: usize, what: u32): usize {
  // a name is forced above the set it selects from
  const top = what == PATH_NAME ? sp - 4 : sp;
  return top - ((<usize>computed(record)) << 2);
}

/** PathOpen: room for `n` computed names below the value on top. */
export function pathOpen(n: u32): Step {
  const sp = <usize>load<u32>(VM_SP);
  const v = load<u32>(sp - 4);
  for (let i: u32 = 0; i <= n; i++) store<u32>(sp - 4 + ((<usize>i) << 2), <u32>tag(0));
  store<u32>(sp + ((<usize>n) << 2), v);
  store<u32>(VM_SP, <u32>(sp + 4 + ((<usize>n) << 2)));
  return goOn(4);
}
export function pathClose(n: u32): Step {
  const sp = <usize>load<u32>(VM_SP);
  const to = sp - 4 - ((<usize>(n + 1)) << 2);
  store<u32>(to, load<u32>(sp - 4));
  store<u32>(VM_SP, <u32>(to + 4));
  return goOn(4);
}

/** PathForce. */
export function pathForce(what: u32, record: usize): Step {
  const sp = <usize>load<u32>(VM_SP) - 4;
  const v = deref(<usize>load<u32>(sp));
  if (isValue(v)) {
    store<u32>(sp, <u32>v);
    return goOn(8);
  }
  store<u32>(VM_SP, <u32>sp);
  return enterSuspended(v, <usize>load<u32>(VM_PC) + 8, load<u32>(pathSymbols(sp, record, what) - 4));
}

/** PathName: the forced name on top becomes the symbol of step `step`. */
export function pathName(step: u32, record: usize): Step {
  const sp = <usize>load<u32>(VM_SP);
  const v = <usize>load<u32>(sp - 4);
  const symbols = pathSymbols(sp - 4, record, PATH_NAME);
  const pos = load<u32>(record + PR_STEPS + <usize>step * PR_STEP, 4);
  if (!expectName(v, pos)) {
    store<u32>(VM_AUX, load<u32>(symbols - 4));
    return Step.Raise;
  }
  store<u32>(symbols + ((<usize>computedBefore(step, record)) << 2), <u32>tag(<i32>selectDynSymbol(v)));
  store<u32>(VM_SP, <u32>(sp - 4));
  return goOn(8);
}
/** A computed name must be a string without context. */
export function expectName(v: usize, pos: u32): bool {
  return expectPlainStringAt(v, pos, 'while evaluating an attribute name');
}
/** How many names are computed before a step. */
export function computedBefore(step: u32, record: usize): u32 {
  let n: u32 = 0;
  for (let i: u32 = 0; i < step; i++) n += u32(!load<u32>(record + PR_STEPS + <usize>i * PR_STEP));
  return n;
}
function symbolOfStep(step: u32, record: usize, symbols: usize): u32 {
  const sym = load<u32>(record + PR_STEPS + <usize>step * PR_STEP);
  return sym ? sym : load<u32>(symbols + ((<usize>computedBefore(step, record)) << 2)) >>> 1;
}

/** PathSelect and PathSelectOr (which jumps by `otherwise` from behind it where there is no such attribute). */
export function pathSelect(step: u32, record: usize, or: bool): Step {
  const sp = <usize>load<u32>(VM_SP);
  const s = <usize>load<u32>(sp - 4);
  const symbols = sp - 4 - ((<usize>computed(record)) << 2);
  const sym = symbolOfStep(step, record, symbols);
  const i = kindOf(s) == KIND_ATTRS ? shapeFind(attrsShape(s), sym) : -1;
  if (i >= 0) {
    store<u32>(symbols - 4, <u32>tag(<i32>attrsPos(s, i)));
    store<u32>(sp - 4, <u32>attrsValue(s, i));
    return goOn(or ? 12 : 8);
  }
  if (or) {
    store<u32>(VM_SP, <u32>(sp - 4));
    return goOn(12 + load<u32>(<usize>load<u32>(VM_PC), 8));
  }
  failSelect(s, sym, load<u32>(record));
  store<u32>(VM_AUX, load<u32>(symbols - 4));
  return Step.Raise;
}
