/** What threads are asked to do, and what they answer. */
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { FileForm } from './file-writer.ts';
import type { TreeState } from './reader.ts';
import type { SharedRing } from './ring.ts';
import type { Recorded } from './states.ts';

/** Goes on reading a tree, and passes its archive to the ring. */
export interface ReadTask {
  readonly type: 'read';
  readonly ring: SharedRing;
  readonly state: TreeState;
  /** Where records with digests are wanted, too (`tree-records.ts`): the file of the module that hashes. */
  readonly wasm: string | undefined;
}

/** Writes files that come in messages (`writer-thread.ts`). */
export interface WriteTask {
  readonly type: 'write';
  readonly form: FileForm;
  readonly umask: number;
  /** The file of the module that hashes. */
  readonly wasm: string;
}

export type Task = ReadTask | WriteTask;

/** What reading answers. */
export interface ReadResult {
  readonly recorded: Recorded | undefined;
}

export type Reply = { readonly result: unknown } | { readonly code: StoreErrorCode; readonly message: string; readonly cause: string };

/** An error as it goes from thread to thread. */
export function replyOf(error: unknown): Reply {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const reason = cause instanceof Error ? cause.message : message;
  return { code: error instanceof StoreError ? error.code : 'io', message, cause: reason };
}

export function resultOf(reply: Reply): unknown {
  if ('result' in reply) return reply.result;
  throw new StoreError(reply.code, reply.message, { cause: new Error(reply.cause) });
}
