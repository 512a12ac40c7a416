// What was forced, as the machine tells it (assembly/vm/forces.ts).
import type { MachineMemory } from './machine-memory.ts';

/** The kinds of suspended values (assembly/value/kinds.ts). */
export enum Suspended {
  Thunk = 1,
  Application = 2,
  Application2 = 3,
  Selection = 4,
  Native = 5,
  Application2Again = 9,
}

export interface ForceEvent {
  readonly kind: Suspended;
  /** How many others were being forced. */
  readonly depth: number;
  /** A thunk's code, a function's record (0: no lambda), a symbol, a procedure's number. */
  readonly which: number;
  /** Of the attribute that it is the value of; 0 for none. */
  readonly position: number;
}

const eventBytes = 12;
const kindBits = 0xff;

/** All that was kept so far. */
export function readForces({ exports, view }: MachineMemory): ForceEvent[] {
  const start = exports.forceEvents() >>> 0;
  const events: ForceEvent[] = [];
  for (let at = start; at < start + exports.forceEventsLength(); at += eventBytes) {
    const first = view.getUint32(at, true);
    events.push({
      kind: first & kindBits,
      depth: first >>> 8,
      which: view.getUint32(at + 4, true),
      position: view.getUint32(at + 8, true),
    });
  }
  return events;
}
