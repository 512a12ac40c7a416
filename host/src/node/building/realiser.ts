// Drives the coordinator's machine for one command.
import type { Realiser, RealiserOptions } from './types.ts';

/** Opens nothing before it is needed. */
export function openRealiser(_options: RealiserOptions): Realiser {
  throw new Error('not yet');
}
