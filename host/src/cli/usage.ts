/** The command line itself is wrong. The message may hold marks. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'VIXEN_USAGE';
}
