/** Serves one client: the greeting, and one operation after another (libstore/daemon.cc, processConnection). */
import { StoreError } from '../../errors.ts';
import type { Store } from '../../service.ts';
import {
  clientMagic,
  newestVersion,
  type OperationName,
  oldestVersion,
  operations,
  serverMagic,
  since,
  versionOfWire,
  versionToWire,
} from '../protocol.ts';
import { writeFailure, writeLast } from '../values/messages.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';
import { additions } from './adding.ts';
import { buildOperations } from './building.ts';
import { queries } from './queries.ts';
import { rootOperations } from './roots.ts';
import { Answered, type BuildHandler, type Operation, Session } from './session.ts';

export interface ConnectionParts {
  readonly in: WireReader;
  readonly out: WireWriter;
  /** Opened when the client has said who it is. */
  readonly store: () => Promise<Store>;
  readonly trusted: boolean;
  readonly build: BuildHandler | undefined;
  readonly checksOut: boolean;
  readonly signal: AbortSignal;
  readonly programVersion: string;
  /** The newest protocol to speak, 1.x. */
  readonly version?: number | undefined;
}

const handlers: Readonly<Partial<Record<OperationName, Operation>>> = { ...queries, ...additions, ...rootOperations, ...buildOperations };
const byNumber: ReadonlyMap<number, Operation> = new Map(
  Object.entries(handlers).map(([name, operation]) => [operations[name as OperationName], operation]),
);

/** Resolves when the client has gone. Fails for a client that breaks the protocol; it has been told before. */
export async function serveConnection(parts: ConnectionParts): Promise<void> {
  const version = await greet(parts);
  const store = await sendGreeting(parts, version);
  const session = new Session({ ...parts, version, store });
  while (!(await session.in.atEnd())) {
    session.begin();
    await serveOperation(session);
    await session.out.flush();
  }
}

async function greet({ in: source, out, version: newest = newestVersion }: ConnectionParts): Promise<number> {
  if ((await source.number(2 ** 64)) !== clientMagic) throw new StoreError('invalid', 'protocol mismatch');
  await out.number(serverMagic).number(versionToWire(newest)).flush();
  const theirs = versionOfWire(await source.number());
  if (theirs === undefined || theirs < oldestVersion) throw new StoreError('unsupported', 'the Nix client version is too old');
  return Math.min(theirs, newest);
}

async function sendGreeting(parts: ConnectionParts, version: number): Promise<Store> {
  const { in: source, out, trusted, programVersion } = parts;
  if (version >= since.features) {
    await source.texts();
    await out.texts([]).flush();
  }
  // A CPU to run on, and whether to reserve space: both are obsolete.
  if ((await source.number()) !== 0) await source.number();
  await source.number();
  if (version >= since.daemonVersion) out.text(programVersion);
  if (version >= since.trust) out.number(trusted ? 1 : 2);
  try {
    const store = await parts.store();
    await writeLast(out).flush();
    return store;
  } catch (error) {
    writeFailure(out, error, version);
    await out.flush();
    throw error;
  }
}

async function serveOperation(session: Session): Promise<void> {
  try {
    const number = await session.in.number();
    const operation = byNumber.get(number);
    if (!operation) throw new StoreError('invalid', `invalid operation ${number}`);
    await operation(session);
  } catch (error) {
    if (error instanceof Answered) return;
    // The arguments are not what they should be, so where the next operation begins is unknown; or a result broke off.
    if (!session.replying) await session.fail(error).catch(() => {});
    throw error;
  }
}
