/** An operation that is arguments, messages, and a result. */
import { type OperationName, operations } from '../protocol.ts';
import type { WireWriter } from '../wire/writer.ts';
import type { DaemonConnection } from './connection.ts';
import type { DaemonPool } from './pool.ts';

export function request<T>(
  pool: DaemonPool,
  operation: OperationName,
  signal: AbortSignal | undefined,
  write: (out: WireWriter, connection: DaemonConnection) => unknown,
  read: (connection: DaemonConnection) => Promise<T>,
): Promise<T> {
  return pool.run(async (connection) => {
    connection.out.number(operations[operation]);
    write(connection.out, connection);
    await connection.out.flush();
    await connection.finish();
    return read(connection);
  }, signal);
}

/** The result of operations that have none. */
export const readDone = async ({ in: source }: DaemonConnection): Promise<void> => void (await source.number());
