/** Why paths could not be made valid: Nix's messages and exit codes. */

export type FailureKind =
  /** A build, or something that it needs. */
  | 'failed'
  | 'timed-out'
  | 'hash-mismatch'
  | 'not-deterministic'
  /** Neither there, nor to be had from a substituter, nor to be built. */
  | 'unavailable';

const plain = 1;
const special = 0b1100000;
const bits: Readonly<Record<FailureKind, number>> = {
  failed: 0b0100,
  'timed-out': 0b0101,
  'hash-mismatch': 0b0110,
  'not-deterministic': 0b1000,
  unavailable: 0,
};

/**
 * The exit code of a command, one bit for each kind of failure (libstore/build-result.cc): 100 a build failed, 101 one took too long, 102 a fixed output had
 * another hash, 104 another build made something else; 1 for anything else.
 */
export function failingStatus(kinds: Iterable<FailureKind>): number {
  let mask = 0;
  for (const kind of kinds) mask |= bits[kind];
  return mask === 0 ? plain : mask | special;
}

/** What was asked for could not be made valid. The message is Nix's, with colours. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly code = 'VIXEN_BUILD_FAILED';
  /** What a command exits with. */
  readonly status: number;
  /** What of the paths asked for failed, formatted: `….drv^out`. */
  readonly failed: readonly string[];
  readonly kinds: readonly FailureKind[];

  constructor(
    message: string,
    { status, failed, kinds, cause }: { status: number; failed: readonly string[]; kinds: readonly FailureKind[]; cause?: unknown },
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.status = status;
    this.failed = failed;
    this.kinds = kinds;
  }
}
