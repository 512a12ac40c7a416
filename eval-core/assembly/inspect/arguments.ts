/** What a function takes, for the host. */
import {
  functionArg,
  functionEllipsis,
  functionFormalHasDefault,
  functionFormalPos,
  functionFormalSymbol,
  functionFormalsCount,
  functionHasFormals,
} from '../compile/functions';
import { bufByte, bufReset, bufStr } from '../heap/text';
import { TEXT, textField, textNext, textSymbol } from './text';

/** Of a function's record, to the text: `{"argument":"x","ellipsis":0,"formals":[{"name":"a","optional":1,"position":7}, …]}`, or null for the formals. */
export function argumentsText(fn: usize): void {
  bufReset(TEXT);
  bufStr(TEXT, '{"argument":');
  textSymbol(functionArg(fn));
  textField('ellipsis', u32(functionEllipsis(fn)));
  bufStr(TEXT, ',"formals":');
  if (functionHasFormals(fn)) formalsText(fn);
  else bufStr(TEXT, 'null');
  bufByte(TEXT, 0x7d);
}
function formalsText(fn: usize): void {
  bufByte(TEXT, 0x5b);
  const n = functionFormalsCount(fn);
  for (let i: u32 = 0; i < n; i++) {
    textNext(i);
    bufStr(TEXT, '{"name":');
    textSymbol(functionFormalSymbol(fn, i));
    textField('optional', u32(functionFormalHasDefault(fn, i)));
    textField('position', functionFormalPos(fn, i));
    bufByte(TEXT, 0x7d);
  }
  bufByte(TEXT, 0x5d);
}
