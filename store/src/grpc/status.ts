/**
 * Errors as gRPC statuses and back. A `StoreError` keeps its code in the trailer `vixen-error-code`; where a peer sends none, the status tells the
 * nearest code.
 */
import { type Metadata, Metadata as MetadataClass, type ServiceError, status as Status, type StatusObject } from '@grpc/grpc-js';
import { CodedError } from '@vixen/wasm';
import { StoreError, type StoreErrorCode } from '../errors.ts';

const codeKey = 'vixen-error-code';

const statusOfCode: Readonly<Record<StoreErrorCode, Status>> = {
  'not-found': Status.NOT_FOUND,
  invalid: Status.INVALID_ARGUMENT,
  corrupt: Status.DATA_LOSS,
  untrusted: Status.PERMISSION_DENIED,
  forbidden: Status.PERMISSION_DENIED,
  unsupported: Status.UNIMPLEMENTED,
  'in-use': Status.FAILED_PRECONDITION,
  exhausted: Status.RESOURCE_EXHAUSTED,
  unavailable: Status.UNAVAILABLE,
  io: Status.INTERNAL,
};

const codeOfStatus: Readonly<Partial<Record<Status, StoreErrorCode>>> = {
  [Status.NOT_FOUND]: 'not-found',
  [Status.INVALID_ARGUMENT]: 'invalid',
  [Status.OUT_OF_RANGE]: 'invalid',
  [Status.DATA_LOSS]: 'corrupt',
  [Status.PERMISSION_DENIED]: 'forbidden',
  [Status.UNAUTHENTICATED]: 'forbidden',
  [Status.UNIMPLEMENTED]: 'unsupported',
  [Status.FAILED_PRECONDITION]: 'in-use',
  [Status.RESOURCE_EXHAUSTED]: 'exhausted',
  [Status.UNAVAILABLE]: 'unavailable',
  [Status.DEADLINE_EXCEEDED]: 'unavailable',
  [Status.CANCELLED]: 'unavailable',
};

/** A caller that no listener knows: neither token nor certificate. */
export class UnauthenticatedError extends StoreError {
  override readonly name = 'UnauthenticatedError';
}

/** The store's error that an error is: archives, hashes and names that are not well-formed have classes of their own. */
export function storeErrorOf(error: unknown): StoreError | undefined {
  if (error instanceof StoreError) return error;
  return error instanceof CodedError ? new StoreError('invalid', error.message, { cause: error }) : undefined;
}

/** What a server answers for an error. Errors that are not the store's own are told in general words: their texts may hold anything. */
export function statusOfError(error: unknown): Partial<StatusObject> & { readonly code: Status; readonly details: string } {
  const known = storeErrorOf(error);
  if (!known) return { code: Status.INTERNAL, details: 'internal error' };
  const metadata = new MetadataClass();
  metadata.set(codeKey, known.code);
  const code = known instanceof UnauthenticatedError ? Status.UNAUTHENTICATED : statusOfCode[known.code];
  return { code, details: known.message, metadata };
}

/** What a failed call means to its caller. `where` names the server. */
export function errorOfStatus(error: ServiceError, where: string): StoreError {
  const code = codeOfMetadata(error.metadata) ?? codeOfStatus[error.code] ?? 'io';
  const details = error.details || error.message;
  const message = codeOfMetadata(error.metadata) ? details : `${where}: ${details} (${Status[error.code] ?? error.code})`;
  return new StoreError(code, message, { cause: error });
}

function codeOfMetadata(metadata: Metadata | undefined): StoreErrorCode | undefined {
  const text = metadata?.get(codeKey)[0];
  return typeof text === 'string' && Object.hasOwn(statusOfCode, text) ? (text as StoreErrorCode) : undefined;
}

export const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
