/** The entry of a module for tests of the parser alone. */
import { pagesAlloc } from '../heap/pages';
import { bufData, bufLen, bufReset } from '../heap/text';
import { printAst } from '../print/ast';
import { arenaReset } from './arena';

export {
  countLines,
  parse,
  parseErrorKind,
  parseErrorPos,
  parseErrorText,
  parseErrorTextLen,
  parseWarningCount,
  parseWarnings,
} from './parser';
export { symbolBytes, symbolCount, symbolLen } from '../value/symbols';
export { arenaReset };

const OUT: usize = memory.data(12);

export function allocate(bytes: u32): usize {
  return pagesAlloc(bytes);
}

/** Prints a tree; the text is at `printed` and has the returned length. */
export function print(root: usize): u32 {
  bufReset(OUT);
  printAst(root, OUT);
  return bufLen(OUT);
}

export function printed(): usize {
  return bufData(OUT);
}
