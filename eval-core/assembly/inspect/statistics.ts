/** What the machine counts, as JSON. */
import { builtinName } from '../gen/builtins';
import { functionIsRoot, functionName, functionPos } from '../compile/functions';
import { Origin, posColumn, posKind, posLine, posFile } from '../diag/positions';
import { bufByte, bufI64, bufReset, bufStr } from '../heap/text';
import { ST_CHUNK_COUNT, ST_GC_COUNT, ST_HIGH_WATER, ST_LARGE_COUNT } from '../heap/state';
import { TEXT, textField, textString } from './text';
import { bufInternalName } from '../print/position';
import { STAT_NODES } from '../syntax/nodes';
import { STAT_COPIED, STAT_SETS, STAT_SET_VALUES } from '../value/shapes';
import { STAT_ELEMENTS } from '../value/layout';
import { STAT_CONCATS } from '../vm/operators';
import { symbolBytes, symbolCount, symbolLen, symbolString } from '../value/symbols';
import { STAT_AVOIDED } from '../vm/rare';
import { STAT_CALLS, STAT_LOOKUPS, STAT_PRIMOPS, STAT_THUNKS, STAT_UPDATES, STAT_ENV_SLOTS, STAT_LOCAL_ENVS } from '../vm/statistics';
import { Counted, countNext, countedKey, countedTimes } from '../vm/counting';

/** `file`, `line` and `column` of what was counted, in an object that is open. */
function statPosition(pos: u32): void {
  const file = posFile(pos);
  if (posKind(pos) == Origin.Internal) {
    bufStr(TEXT, ',"file":"');
    bufInternalName(TEXT, file);
    bufByte(TEXT, 0x22);
  } else if (file) {
    bufStr(TEXT, ',"file":');
    textString(file);
  }
  if (!pos) return;
  textField('line', posLine(pos));
  textField('column', posColumn(pos));
}
/** An array of what was counted, each with its number. */
function statCounts(name: string, which: Counted): void {
  bufStr(TEXT, ',"');
  bufStr(TEXT, name);
  bufStr(TEXT, '":[');
  let first = true;
  for (let i = countNext(which, 0); i >= 0; i = countNext(which, i + 1)) {
    const key = countedKey(which, i);
    if (which == Counted.Functions && functionIsRoot(<usize>key)) continue;
    bufStr(TEXT, first ? '{"count":' : ',{"count":');
    first = false;
    bufI64(TEXT, <i64>countedTimes(which, i));
    if (which == Counted.Attributes) statPosition(key);
    else if (which == Counted.Functions) {
      const symbol = functionName(<usize>key);
      bufStr(TEXT, ',"name":');
      if (symbol) textString(symbolString(symbol));
      else bufStr(TEXT, 'null');
      statPosition(functionPos(<usize>key));
    } else {
      bufStr(TEXT, ',"name":"');
      bufStr(TEXT, builtinName(key));
      bufByte(TEXT, 0x22);
    }
    bufByte(TEXT, 0x7d);
  }
  bufByte(TEXT, 0x5d);
}
/** What the machine counts, as JSON; the host puts it under Nix's keys. */
export function stats(): void {
  bufReset(TEXT);
  bufStr(TEXT, '{"nrFunctionCalls":');
  bufI64(TEXT, <i64>load<u32>(STAT_CALLS));
  textField('nrAvoided', load<u32>(STAT_AVOIDED));
  textField('nrExprs', load<u32>(STAT_NODES));
  textField('nrThunks', load<u32>(STAT_THUNKS));
  textField('nrLookups', load<u32>(STAT_LOOKUPS));
  textField('nrPrimOpCalls', load<u32>(STAT_PRIMOPS));
  textField('nrOpUpdates', load<u32>(STAT_UPDATES));
  textField('nrOpUpdateValuesCopied', load<u32>(STAT_COPIED));
  textField('envs', load<u32>(STAT_CALLS) + load<u32>(STAT_LOCAL_ENVS));
  textField('envSlots', load<u32>(STAT_ENV_SLOTS));
  textField('elements', load<u32>(STAT_ELEMENTS));
  textField('concats', load<u32>(STAT_CONCATS));
  textField('sets', load<u32>(STAT_SETS));
  textField('setValues', load<u32>(STAT_SET_VALUES));
  textField('memoryPages', <u32>memory.size());
  textField('touchedPages', load<u32>(ST_HIGH_WATER) >>> 16);
  textField('heapChunks', load<u32>(ST_CHUNK_COUNT));
  textField('largeObjects', load<u32>(ST_LARGE_COUNT));
  textField('collections', load<u32>(ST_GC_COUNT));
  const symbols = symbolCount();
  let bytes: u32 = 0;
  for (let i: u32 = 1; i <= symbols; i++) bytes += symbolLen(i);
  textField('symbols', symbols);
  textField('symbolBytes', bytes);
  statCounts('functions', Counted.Functions);
  statCounts('primops', Counted.Builtins);
  statCounts('attributes', Counted.Attributes);
  bufByte(TEXT, 0x7d);
}
