/** Whether a second build has made the same. */
import type { PathInfo } from '@vixen/store';
import { BuildError } from '../errors.ts';
import type { FinalOutput } from './checks.ts';

/** Fails with `not-deterministic`. `known` are the valid outputs by name. */
export function compareOutputs(drvPath: string, outputs: readonly FinalOutput[], known: ReadonlyMap<string, PathInfo | undefined>): void {
  for (const { name, info } of outputs) {
    const valid = known.get(name);
    if (valid && valid.path === info.path && Buffer.from(valid.narHash).equals(info.narHash)) continue;
    throw new BuildError(
      'not-deterministic',
      `derivation '${drvPath}' may not be deterministic: output "${valid?.path ?? info.path}" differs`,
    );
  }
}
