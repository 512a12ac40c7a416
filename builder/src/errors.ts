/** The errors of this room. Codes stay when words change; messages are Nix's where Nix has one. */

export type BuildErrorCode =
  /** The builder ended with an exit code that is not 0, or by a signal. */
  | 'failed'
  /** It took longer than the whole time that it had. */
  | 'timed-out'
  /** It said nothing for longer than it may. */
  | 'silent'
  /** Its log became larger than it may. */
  | 'log-limit'
  /** Its outputs, memory, processes or the free space of the disk went beyond what it may use. */
  | 'resources'
  /** An output is missing, or of a type that a store cannot hold. */
  | 'output'
  /** A fixed output has another hash than the derivation says. */
  | 'hash-mismatch'
  /** An output refers to what it may not, or is larger than it may be. */
  | 'output-check'
  /** A second build made something else. */
  | 'not-deterministic'
  /** The derivation or the request is not what its format says. */
  | 'invalid'
  /** This builder cannot do that: another system, a missing feature. */
  | 'unsupported'
  /** No sandbox works on this machine, or the one that was asked for does not. */
  | 'sandbox'
  /** The builder, or the way to it, went away: another try may succeed. */
  | 'unavailable';

export const buildErrorCodes: readonly BuildErrorCode[] = [
  'failed',
  'timed-out',
  'silent',
  'log-limit',
  'resources',
  'output',
  'hash-mismatch',
  'output-check',
  'not-deterministic',
  'invalid',
  'unsupported',
  'sandbox',
  'unavailable',
];

export interface BuildErrorOptions extends ErrorOptions {
  /** How the builder's process ended, where it did. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** The output that it is about, as the build sees it. */
  readonly path?: string;
}

export class BuildError extends Error {
  override readonly name: string = 'BuildError';
  readonly code: BuildErrorCode;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly path: string | undefined;

  constructor(code: BuildErrorCode, message: string, { exitCode, signal, path, ...options }: BuildErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.exitCode = exitCode;
    this.signal = signal;
    this.path = path;
  }
}
