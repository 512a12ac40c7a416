/** The error in flight, and positions, as texts for the host. */
import {
  E_MESSAGE,
  E_POS,
  E_STATUS,
  E_SUGGESTIONS,
  E_TRACES,
  T_FLAGS,
  T_MESSAGE,
  T_NEXT,
  T_POS,
  currentError,
  errorCode,
} from '../diag/errors';
import { Origin, posColumn, posKind, posLine, posName, posText, posTextLen } from '../diag/positions';
import { bufByte, bufBytes, bufI64, bufReset, bufStr } from '../heap/text';
import { TEXT, textString } from './text';
import { bufInternalName } from '../print/position';
import { NULL, cell, listGet, listLen, strBytes, strLen, untag } from '../value/layout';

export function errorJson(): void {
  const e = currentError();
  bufReset(TEXT);
  bufStr(TEXT, '{"code":');
  bufI64(TEXT, <i64>errorCode(e));
  bufStr(TEXT, ',"message":');
  textString(cell(e, E_MESSAGE));
  bufStr(TEXT, ',"pos":');
  bufI64(TEXT, <i64>untag(cell(e, E_POS)));
  bufStr(TEXT, ',"status":');
  bufI64(TEXT, <i64>untag(cell(e, E_STATUS)));
  bufStr(TEXT, ',"traces":[');
  let first = true;
  for (let t = cell(e, E_TRACES); t != NULL; t = cell(t, T_NEXT)) {
    if (!first) bufByte(TEXT, 0x2c);
    first = false;
    bufStr(TEXT, '{"message":');
    textString(cell(t, T_MESSAGE));
    bufStr(TEXT, ',"pos":');
    bufI64(TEXT, <i64>untag(cell(t, T_POS)));
    bufStr(TEXT, ',"flags":');
    bufI64(TEXT, <i64>untag(cell(t, T_FLAGS)));
    bufByte(TEXT, 0x7d);
  }
  bufStr(TEXT, '],"suggestions":[');
  const s = cell(e, E_SUGGESTIONS);
  if (s != NULL)
    for (let i: u32 = 0; i < listLen(s); i += 2) {
      bufStr(TEXT, i ? ',{"distance":' : '{"distance":');
      bufI64(TEXT, <i64>untag(listGet(s, i)));
      bufStr(TEXT, ',"text":');
      textString(listGet(s, i + 1));
      bufByte(TEXT, 0x7d);
    }
  bufStr(TEXT, ']}');
}
export function positionInfo(pos: u32): void {
  bufReset(TEXT);
  bufI64(TEXT, <i64>posLine(pos));
  bufByte(TEXT, 0);
  bufI64(TEXT, <i64>posColumn(pos));
  bufByte(TEXT, 0);
  const kind = posKind(pos);
  bufByte(
    TEXT,
    kind == Origin.Path ? 0x70 : kind == Origin.String ? 0x73 : kind == Origin.Stdin ? 0x69 : kind == Origin.Internal ? 0x62 : 0x6e,
  );
  bufByte(TEXT, 0);
  if (kind == Origin.Path) bufBytes(TEXT, strBytes(posName(pos)), strLen(posName(pos)));
  if (kind == Origin.Internal) {
    bufInternalName(TEXT, posName(pos));
    bufByte(TEXT, 0);
  }
  if (posText(pos)) bufBytes(TEXT, posText(pos), posTextLen(pos));
}
