/** What `genericClosure` adds to an error that passes. */
import { msgArgValue } from '../diag/check';
import { addTrace, msgArgSym, msgBegin, msgLit } from '../diag/errors';
import { setSlotInt, slot, slotInt } from '../vm/native';
import { keyTreeFirst, keyTreeNext } from './closureKeys';
import { ELEMENT, KEY, KEYS, KNOWN, PHASE, Phase, RESULT } from './closureSlots';
import { lessAtOnce } from './math';
import { Name, nameSymbol } from './support';

/** The key of a node of the tree; numbers count from 1. */
export function keyNumber(f: usize, n: u32): usize {
  return <usize>load<u32>(slot(f, KEYS) + ((<usize>n) << 2));
}

function traceElement(text: string, v: usize): void {
  msgBegin();
  msgLit(text);
  msgArgValue(v);
  addTrace(0);
}
/** Adds to the error in flight what was being done. */
export function explain(f: usize): void {
  const phase = slotInt(f, PHASE);
  setSlotInt(f, PHASE, Phase.None);
  const e = slot(f, ELEMENT);
  if (phase == Phase.Element) traceElement('in genericClosure element ', e);
  else if (phase == Phase.Compare) {
    traceElement('with element ', opponent(f));
    traceElement('while comparing element ', e);
  } else if (phase == Phase.Operator) {
    msgBegin();
    msgLit('while calling ');
    msgArgSym(nameSymbol(Name.Operator));
    msgLit(' on genericClosure element ');
    msgArgValue(e);
    addTrace(0);
  }
}
/** The element whose key, in order, is the first that the one in hand cannot be compared with. */
function opponent(f: usize): usize {
  const tree = slot(f, KNOWN);
  const key = slot(f, KEY);
  let found: u32 = 0;
  for (let n = keyTreeFirst(tree); n && !found; n = keyTreeNext(tree, n)) {
    if (lessAtOnce(key, keyNumber(f, n)) < 0) found = n;
  }
  if (!found) found = keyTreeFirst(tree);
  return <usize>load<u32>(slot(f, RESULT) + ((<usize>found) << 2));
}
