/** What a derivation says about its outputs. */
import { parseDerivation } from './parse.ts';
import type { Derivation } from './types.ts';

/** The paths of outputs by name; '' where the path is known only after the build. */
export function outputPaths({ outputs }: Derivation): Map<string, string> {
  return new Map([...outputs].map(([name, output]) => [name, 'path' in output ? output.path : '']));
}

/** The same, straight from a `.drv`. */
export const derivationOutputs = (aterm: Uint8Array, whence: string, directory?: string): Map<string, string> =>
  outputPaths(parseDerivation(aterm, whence, directory));
