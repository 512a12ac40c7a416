/** The errors of this room. Codes stay when words change; messages are Nix's where Nix has one. */

export type StoreErrorCode =
  /** A path, blob or directory that the store does not have. */
  | 'not-found'
  /** Input that is not what its format or protocol says: an argument, a message, a file of a cache. */
  | 'invalid'
  /** Contents that differ from what their digest, size or signature promises. */
  | 'corrupt'
  /** No signature by a trusted key. */
  | 'untrusted'
  /** The caller may not do that. */
  | 'forbidden'
  /** The store cannot do that (a binary cache has no roots). */
  | 'unsupported'
  /** A path that is in use: a root, a referrer, a lease. */
  | 'in-use'
  /** No room left on a disk, a quota, a limit. */
  | 'exhausted'
  /** A server that is away, a connection that broke: the same call may succeed later. */
  | 'unavailable'
  /** Whatever else the system said. */
  | 'io';

export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const notFound = (what: string) => new StoreError('not-found', `${what} does not exist`);

/** Nix's words for a path that is not registered. */
export const notValid = (path: string) => new StoreError('not-found', `path '${path}' is not valid`);

export const unsupported = (url: string, what: string) => new StoreError('unsupported', `store '${url}' does not support ${what}`);
