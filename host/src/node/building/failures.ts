// What went wrong, in Nix's words and kinds.
import { type BuildError, type BuildErrorCode, endOfProcess } from '@vixen/builder';
import type { DerivationFacts, Failure } from '../../core/coordinator/events.ts';
import type { FailureKind } from '../../core/coordinator/failure.ts';
import { builderFailed } from '../../core/coordinator/messages.ts';

const kinds: Partial<Record<BuildErrorCode, FailureKind>> = {
  failed: 'failed',
  'timed-out': 'timed-out',
  silent: 'timed-out',
  'hash-mismatch': 'hash-mismatch',
  'not-deterministic': 'not-deterministic',
  unsupported: 'failed',
};

export interface FailedBuild {
  readonly drvPath: string;
  readonly facts: DerivationFacts | undefined;
  readonly fixed: boolean;
  readonly log: readonly string[];
  readonly logCommand: string;
}

export function failureOfBuild(error: unknown, build: FailedBuild): Failure {
  if (!isBuildError(error)) return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) };
  if (error.code !== 'failed' || (error.exitCode === undefined && error.signal === undefined)) {
    return { kind: kinds[error.code] ?? 'unavailable', message: error.message };
  }
  const paths = [...(build.facts?.outputs.values() ?? [])].flatMap(({ path }) => (path === undefined ? [] : [path]));
  // What fetches may succeed another time.
  const kind = build.fixed ? 'unavailable' : 'failed';
  return { kind, message: builderFailed(build.drvPath, endOfProcess(error), { ...build, paths }) };
}

/** Without loading what makes them. */
export const isBuildError = (error: unknown): error is BuildError => error instanceof Error && error.name === 'BuildError';
