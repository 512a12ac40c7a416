// Where evaluation stands, as the machine tells the debugger (assembly/vm/debug.ts).
import type { Position } from './errors.ts';
import type { MachineMemory } from './machine-memory.ts';

export enum Place {
  /** the call of a function or builtin */
  Call = 0,
  /** the body of a function */
  Function = 1,
  /** the body of a file or of an expression that was given */
  Root = 2,
  /** an attribute that is being evaluated */
  Attribute = 3,
}

export interface DebugPlace {
  readonly what: Place;
  readonly position: Position | undefined;
  /** Of a function. */
  readonly name: string | undefined;
}

interface PlaceData {
  what: Place;
  position: number;
  name: string | null;
}

export function readPlaces(memory: MachineMemory, positionOf: (number: number) => Position | undefined): DebugPlace[] {
  const places = JSON.parse(memory.textOf(() => memory.exports.debugPlaces())) as PlaceData[];
  return places.map(({ what, position, name }) => ({ what, position: positionOf(position), name: name ?? undefined }));
}
