/** Warnings of the parser wait in a list that the host reads and empties. */
import { bufBytes } from '../heap/text';
import { ST_DIAG } from '../heap/state';
import { parseWarningCount, parseWarnings } from '../syntax/parser';

/** All warnings since the host looked: | WarningKind | position | length | bytes, padded |. */
export const WARNINGS: usize = ST_DIAG + 112;

export function reportWarnings(): void {
  const n = parseWarningCount();
  let at = parseWarnings();
  for (let i: u32 = 0; i < n; i++) {
    const bytes = 12 + ((load<u32>(at, 8) + 3) & ~3);
    bufBytes(WARNINGS, at, bytes);
    at += bytes;
  }
}
