/** Where a value comes from, as far as it says so itself. */
import { functionPos } from '../compile/functions';
import { KIND_APP, KIND_APP2, KIND_APP2_AGAIN, KIND_ATTRS, KIND_LAMBDA } from '../value/kinds';
import { deref } from '../value/layout';
import { attrsShape, shapePlace } from '../value/shapes';

/** Nix's Value::determinePos: the position of a function, a literal set, or the function of a suspended application; or the fallback. */
export function valuePosition(x: usize, fallback: u32): u32 {
  while ((x & 1) == 0) {
    const k = <u32>load<u8>(x);
    if (k == KIND_LAMBDA) return functionPos(<usize>load<u32>(x, 4));
    if (k == KIND_ATTRS) return shapePlace(attrsShape(x));
    if (k != KIND_APP && k != KIND_APP2 && k != KIND_APP2_AGAIN) break;
    x = deref(<usize>load<u32>(x, 4));
  }
  return fallback;
}
