/**
 * JSON as structured attributes need it: numbers keep their text, since what is read is written again for the build, and objects are maps. Written as nlohmann's
 * `dump` does: no spaces, keys by their bytes, only what has to be is escaped.
 */
import { compareNames } from '@vixen/wasm';

export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }
}

export type JsonObject = ReadonlyMap<string, Json>;
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

export const isObject = (value: Json): value is JsonObject => value instanceof Map;
export const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

// No honest attribute nests as deeply; deeper ones would take the stack of whoever reads or writes them.
const maxNesting = 1000;

/** Fails with `SyntaxError`. */
export function parseJson(text: string): Json {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Json {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): Json {
    this.#space();
    const char = this.#text[this.#at];
    if (char === '"') return this.#string();
    if (char === '{') return this.#nested(() => this.#object());
    if (char === '[') return this.#nested(() => this.#array());
    const literal = this.#match(/null|true|false/y);
    if (literal !== undefined) return literal === 'null' ? null : literal === 'true';
    const number = this.#match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (number === undefined) throw this.#unexpected();
    // An integer, as nlohmann reads it.
    return new JsonNumber(number === '-0' ? '0' : number);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > maxNesting) throw new SyntaxError(`values are nested deeper than ${maxNesting}`);
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  // Of two equal keys the last counts.
  #object(): JsonObject {
    const object = new Map<string, Json>();
    if (this.#take('}')) return object;
    do {
      this.#space();
      const key = this.#string();
      if (!this.#take(':')) throw this.#unexpected();
      object.set(key, this.#value());
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected();
    return object;
  }

  #array(): Json[] {
    const array: Json[] = [];
    if (this.#take(']')) return array;
    do array.push(this.#value());
    while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected();
    return array;
  }

  #string(): string {
    const raw = this.#match(/"(?:[^"\\]|\\.)*"/sy);
    if (raw === undefined) throw this.#unexpected();
    return JSON.parse(raw);
  }

  #take(char: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    this.#match(/[ \t\r\n]*/y);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(): SyntaxError {
    const found = this.#at < this.#text.length ? `'${this.#text[this.#at]}'` : 'end of input';
    return new SyntaxError(`parse error at byte ${this.#at + 1}: unexpected ${found}`);
  }
}

export function printJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return printText(value);
  if (value instanceof JsonNumber) return value.text;
  if (isArray(value)) return `[${value.map(printJson).join(',')}]`;
  const fields = byName(value as JsonObject).map(([key, inner]) => `${printText(key)}:${printJson(inner)}`);
  return `{${fields.join(',')}}`;
}

/** Entries by the bytes of their names, as C++'s maps have them. */
export const byName = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => compareNames(a, b));

const printText = (text: string) => JSON.stringify(text);
