// What went wrong, in Nix's words and kinds.
import { constants } from 'node:os';
import type { BuildError, BuildErrorCode } from '@vixen/builder';
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

const signalTexts: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
};

/** How a process ended, as Nix says it (libutil/processes.cc, statusToString). */
export function endOfProcess({ exitCode, signal }: Pick<BuildError, 'exitCode' | 'signal'>): string {
  if (signal !== undefined) {
    const number = (constants.signals as Record<string, number | undefined>)[signal] ?? 0;
    return `failed due to signal ${number} (${signalTexts[signal] ?? signal})`;
  }
  return exitCode === undefined ? 'died abnormally' : `failed with exit code ${exitCode}`;
}

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
