/** The errors of this package. Messages are Nix's where Nix has one. */

export type WasmErrorCode =
  | 'unknown-hash-algorithm'
  | 'hash-without-algorithm'
  | 'hash-algorithm-mismatch'
  | 'hash-length'
  | 'hash-encoding'
  | 'store-path-name'
  | 'store-path'
  | 'store-path-references'
  | 'nar-syntax'
  | 'nar-truncated'
  | 'nar-depth'
  | 'nar-name'
  | 'nar-file-type'
  | 'nar-file-changed'
  | 'nar-listing'
  | 'nar-path';

/** An error with a code that stays the same when the words change. */
export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: WasmErrorCode;

  constructor(code: WasmErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A text that is no hash. */
export class HashError extends CodedError {
  override readonly name = 'HashError';
}

/** A text that is no store path, or a store object that none can name. */
export class StorePathError extends CodedError {
  override readonly name = 'StorePathError';
}

/** Bytes that are no Nix archive, or a tree that none can hold. */
export class NarError extends CodedError {
  override readonly name = 'NarError';
}
