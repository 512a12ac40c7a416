/** What a daemon tells while it works (libstore/worker-protocol-connection.cc, processStderr). */
import { StoreError } from '../../errors.ts';
import { messages } from '../protocol.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';
import { readError, writeError } from './error.ts';

export type ActivityField = number | string;

/** Nix's activities and their results, by the numbers of libutil/logging.hh. */
export interface MessageHandlers {
  /** A line of the log. */
  readonly log?: ((text: string) => void) | undefined;
  readonly startActivity?: (activity: Activity) => void;
  readonly stopActivity?: (id: number) => void;
  readonly result?: (id: number, type: number, fields: readonly ActivityField[]) => void;
  /** The daemon asks for at most so many bytes of what is being sent. */
  readonly read?: (limit: number) => Promise<void>;
}

export interface Activity {
  readonly id: number;
  readonly level: number;
  readonly type: number;
  readonly text: string;
  readonly fields: readonly ActivityField[];
  readonly parent: number;
}

/** Reads messages until the work is done; throws the daemon's error. */
export async function readMessages(from: WireReader, version: number, handlers: MessageHandlers): Promise<void> {
  for (;;) {
    // Each message is forgotten when the next comes.
    from.allow();
    const type = await from.number();
    if (type === messages.last) return;
    if (type === messages.error) throw await readError(from, version);
    await readMessage(from, type, handlers);
  }
}

// A message is read whether or not anybody wants to know.
async function readMessage(from: WireReader, type: number, handlers: MessageHandlers): Promise<void> {
  switch (type) {
    case messages.next: {
      const text = await from.text();
      return handlers.log?.(text);
    }
    case messages.read: {
      const limit = await from.number();
      if (!handlers.read) throw new StoreError('invalid', 'the Nix daemon asks for data, but there is none');
      return handlers.read(limit);
    }
    case messages.startActivity: {
      const activity = await readActivity(from);
      return handlers.startActivity?.(activity);
    }
    case messages.stopActivity: {
      const id = await readId(from);
      return handlers.stopActivity?.(id);
    }
    case messages.result: {
      const [id, resultType, fields] = [await readId(from), await from.number(), await readFields(from)];
      return handlers.result?.(id, resultType, fields);
    }
    default:
      throw new StoreError('invalid', `got unknown message type 0x${type.toString(16)} from Nix daemon`);
  }
}

// Ids have their process in the upper half: close enough to the truth where a number does not hold them.
const readId = (from: WireReader) => from.number(2 ** 64);

async function readActivity(from: WireReader): Promise<Activity> {
  const [id, level, type] = [await readId(from), await from.number(), await from.number()];
  const text = await from.text();
  const fields = await readFields(from);
  return { id, level, type, text, fields, parent: await readId(from) };
}

const readFields = (from: WireReader): Promise<ActivityField[]> =>
  from.list(async () => {
    const type = await from.number();
    if (type === 0) return from.number(2 ** 64);
    if (type === 1) return from.text();
    throw new StoreError('invalid', `got unsupported field type ${type} from Nix daemon`);
  });

export const writeLog = (to: WireWriter, text: string): WireWriter => to.number(messages.next).text(text);

export function writeStartActivity(to: WireWriter, { id, level, type, text, fields, parent }: Activity): void {
  to.number(messages.startActivity).number(id).number(level).number(type).text(text);
  writeFields(to, fields);
  to.number(parent);
}

export const writeStopActivity = (to: WireWriter, id: number): WireWriter => to.number(messages.stopActivity).number(id);

export function writeResult(to: WireWriter, id: number, type: number, fields: readonly ActivityField[]): void {
  to.number(messages.result).number(id).number(type);
  writeFields(to, fields);
}

function writeFields(to: WireWriter, fields: readonly ActivityField[]): void {
  to.list(fields, (field) => {
    if (typeof field === 'number') to.number(0).number(field);
    else to.number(1).text(field);
  });
}

export const writeLast = (to: WireWriter): WireWriter => to.number(messages.last);

export function writeFailure(to: WireWriter, error: unknown, version: number): void {
  to.number(messages.error);
  writeError(to, error, version);
}
