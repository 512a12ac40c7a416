/** Values as text: what errors, `trace`, `nix-instantiate --eval`, `nix eval` and the REPL show. */
import { bufByte } from '../heap/text';
import { NO_LIMIT } from './literal';
import { printPlain } from './plain';
import { PRINT_PLACES, printerNew, printerStep } from './printer';

export { printPlain };

/** A value in an error message, within the marks of an argument: short, and never forced. */
export function printForError(b: usize, v: usize): void {
  bufByte(b, 0x0e);
  printerStep(printerNew(v, 0, 10, 10, 1024, NO_LIMIT), b);
  bufByte(b, 0x0f);
}

/** A value as `trace` shows it: whole, and never forced. */
export function printForTrace(b: usize, v: usize): void {
  printerStep(printerNew(v, PRINT_PLACES, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT), b);
}
