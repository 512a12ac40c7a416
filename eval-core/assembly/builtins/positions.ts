/** Positions as values: `{ column, file, line }`, for `unsafeGetAttrPos` and `__curPos`. */
import { posColumn, posFile, posLine } from '../diag/positions';
import { NULL, mkInt, mkNativeThunk, tag } from '../value/layout';
import { allocAttrs, attrsSetValue, attrsShape, shapeFind } from '../value/shapes';
import { Proc } from '../gen/builtins';
import { done, slotInt, slot } from '../vm/native';
import { Name, nameSymbol, namedShape } from './support';

/**
 * The set for a position, `null` for one that is in no file. As in Nix, line and column are computed when they are asked
 * for; until then they print as thunks.
 */
export function mkPosition(pos: u32): usize {
  const file = pos ? posFile(pos) : 0;
  if (!file) return NULL;
  const set = allocAttrs(namedShape(Name.File, Name.Line, Name.Column));
  const shape = attrsShape(set);
  attrsSetValue(set, shapeFind(shape, nameSymbol(Name.File)), file);
  attrsSetValue(set, shapeFind(shape, nameSymbol(Name.Line)), mkNativeThunk(Proc.lineOfPosition, tag(pos), NULL));
  attrsSetValue(set, shapeFind(shape, nameSymbol(Name.Column)), mkNativeThunk(Proc.columnOfPosition, tag(pos), NULL));
  return set;
}

/** Slots: position. */
export function proc_lineOfPosition(f: usize): i32 {
  return done(mkInt(posLine(<u32>slotInt(f, 0))));
}
/** Slots: position. */
export function proc_columnOfPosition(f: usize): i32 {
  return done(mkInt(posColumn(<u32>slotInt(f, 0))));
}
