// What can be wrong with a pack, or with the way to it.

/**
 * `absent`: there is no pack; `offline`: its server does not answer; `missing`: it lacks a block; `damaged`: bytes are not what their name or the format
 * says; `version`: made by another version of the format.
 */
export type PackErrorCode = 'absent' | 'offline' | 'missing' | 'damaged' | 'version';

export class PackError extends Error {
  override readonly name = 'PackError';
  readonly code: PackErrorCode;

  constructor(code: PackErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const damaged = (what: string, options?: ErrorOptions) => new PackError('damaged', `the pack is damaged: ${what}`, options);
