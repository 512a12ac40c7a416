/** Reading JSON from outside, and writing it as Nix does: members sorted by name. */
import { compareNames } from '@vixen/wasm';
import { StoreError } from '../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const invalid = (message: string) => new StoreError('invalid', message);

/** What Nix calls the types. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function expected(type: string, value: unknown): StoreError {
  return invalid(
    `Expected JSON value to be of type '${type}' but it is of type '${typeName(value)}': ${JSON.stringify(value)?.slice(0, 200)}`,
  );
}

export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StoreError('invalid', `${what} is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export function asObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw expected('object', value);
  return value as JsonObject;
}

export function asString(value: unknown): string {
  if (typeof value !== 'string') throw expected('string', value);
  return value;
}

export function asBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw expected('boolean', value);
  return value;
}

export function asStrings(value: unknown): string[] {
  if (!Array.isArray(value)) throw expected('array', value);
  return value.map(asString);
}

/** A natural number that a JavaScript number holds exactly. */
export function asCount(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw expected('unsigned number', value);
  return value as number;
}

export function member(object: JsonObject, key: string): unknown {
  if (!Object.hasOwn(object, key))
    throw invalid(`Expected JSON object to contain key '${key}' but it doesn't: ${JSON.stringify(object).slice(0, 200)}`);
  return object[key];
}

/** A member that may be missing or null. */
export function optional<T>(object: JsonObject, key: string, read: (value: unknown) => T): T | undefined {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return value === undefined || value === null ? undefined : read(value);
}

/** JSON without spaces, with the members of all objects and maps sorted by their names' bytes, as Nix prints it. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Not by way of an object: those have names that look like numbers first.
  const members: [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  const texts = members
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareNames(a, b))
    .map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`);
  return `{${texts.join(',')}}`;
}
