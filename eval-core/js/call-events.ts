// Calls as the machine tells them (assembly/vm/events.ts).
import type { MachineMemory } from './machine-memory.ts';

/** What was called. */
export enum Called {
  /** the last call that is open has ended */
  End = 0,
  Function = 1,
  Builtin = 2,
  Functor = 3,
  Derivation = 4,
}

export interface CallEvent {
  readonly what: Called;
  /** Of the call, as a number for `Evaluator.position`. */
  readonly position: number;
  /** A function's record, a builtin's number, the position of `__functor`, a derivation's name (a symbol). */
  readonly which: number;
}

const eventBytes = 12;

/** Takes all events that wait. */
export function readCalls(memory: MachineMemory): CallEvent[] {
  const { exports } = memory;
  const start = exports.callEvents() >>> 0;
  const length = exports.callEventsLength() >>> 0;
  const { view } = memory;
  const events: CallEvent[] = [];
  for (let at = start; at < start + length; at += eventBytes) {
    events.push({ what: view.getUint32(at, true), position: view.getUint32(at + 4, true), which: view.getUint32(at + 8, true) });
  }
  exports.callEventsForget();
  return events;
}
