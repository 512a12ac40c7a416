/**
 * What a derivation asks for besides its program: read in one place, out of variables or structured attributes (libstore/derivation-options.cc). Errors are `invalid`,
 * in Nix's words.
 */
import type { Derivation } from '@vixen/store/formats';
import { BuildError } from '../errors.ts';
import { isArray, isObject, type Json, JsonNumber, type JsonObject, parseJson } from './json.ts';
import { type OutputCheck, outputChecksOf } from './output-checks.ts';

/** What an output may be and refer to: the same for all, or by output. */
export type OutputChecks = OutputCheck | ReadonlyMap<string, OutputCheck>;

export interface DerivationOptions {
  /** Undefined where attributes are variables. */
  readonly structured: JsonObject | undefined;
  readonly outputChecks: OutputChecks;
  readonly unsafeDiscardReferences: ReadonlyMap<string, boolean>;
  readonly passAsFile: ReadonlySet<string>;
  /** Paths whose closures are described, by name of the file or attribute. */
  readonly exportReferencesGraph: ReadonlyMap<string, readonly string[]>;
  readonly noChroot: boolean;
  readonly impureHostDeps: readonly string[];
  readonly impureEnvVars: readonly string[];
  readonly requiredSystemFeatures: readonly string[];
  readonly preferLocalBuild: boolean;
  readonly allowSubstitutes: boolean;
}

const known = new WeakMap<Derivation, DerivationOptions>();

export function derivationOptions(derivation: Derivation): DerivationOptions {
  const read = known.get(derivation) ?? readOptions(derivation);
  known.set(derivation, read);
  return read;
}

function readOptions({ env }: Derivation): DerivationOptions {
  const attributes = new Attributes(env, structuredAttributes(env));
  const { structured } = attributes;
  return {
    structured,
    outputChecks: outputChecksOf(attributes),
    unsafeDiscardReferences: discards(structured),
    passAsFile: new Set(structured ? [] : words(env.get('passAsFile') ?? '')),
    exportReferencesGraph: structured ? structuredGraphs(structured) : plainGraphs(env.get('exportReferencesGraph') ?? ''),
    noChroot: attributes.flag('__noChroot', false),
    impureHostDeps: attributes.texts('__impureHostDeps') ?? [],
    impureEnvVars: attributes.texts('impureEnvVars') ?? [],
    requiredSystemFeatures: attributes.texts('requiredSystemFeatures') ?? [],
    preferLocalBuild: attributes.flag('preferLocalBuild', false),
    allowSubstitutes: attributes.flag('allowSubstitutes', true),
  };
}

function structuredAttributes(env: ReadonlyMap<string, string>): JsonObject | undefined {
  const text = env.get('__json');
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
    throw new SyntaxError('it is not an object');
  } catch (cause) {
    throw invalid(`cannot process __json attribute: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** Attributes by name, wherever they are written. */
export class Attributes {
  readonly env: ReadonlyMap<string, string>;
  readonly structured: JsonObject | undefined;

  constructor(env: ReadonlyMap<string, string>, structured: JsonObject | undefined) {
    this.env = env;
    this.structured = structured;
  }

  flag(name: string, otherwise: boolean): boolean {
    if (this.structured) return this.#read(name, booleanOf) ?? otherwise;
    const text = this.env.get(name);
    return text === undefined ? otherwise : text === '1';
  }

  /** Each once, ascending. */
  texts(name: string): string[] | undefined {
    const texts = this.structured ? this.#read(name, textsOf) : this.#words(name);
    return texts && [...new Set(texts)].sort();
  }

  #words(name: string): string[] | undefined {
    const text = this.env.get(name);
    return text === undefined ? undefined : words(text);
  }

  #read<T>(name: string, read: (value: Json) => T): T | undefined {
    const value = this.structured?.get(name);
    return value === undefined ? undefined : within(`while parsing attribute "${name}"`, () => read(value));
  }
}

/** Runs a reader; says where in the derivation it was when it failed. */
export function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof BuildError)) throw cause;
    throw invalid(`${cause.message} (${place})`, cause);
  }
}

function discards(structured: JsonObject | undefined): Map<string, boolean> {
  const value = structured?.get('unsafeDiscardReferences');
  if (value === undefined) return new Map();
  const read = () => [...objectOf(value)].map(([output, flag]): [string, boolean] => [output, booleanOf(flag)]);
  return new Map(within("while parsing attribute 'unsafeDiscardReferences'", read));
}

function structuredGraphs(structured: JsonObject): Map<string, string[]> {
  const value = structured.get('exportReferencesGraph');
  // Nix warns of anything else, and ignores it.
  if (value === undefined || !isObject(value)) return new Map();
  return new Map([...value].map(([name, paths]) => [name, [...new Set(flatTexts(paths))]]));
}

function flatTexts(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (isArray(value)) return value.flatMap(flatTexts);
  throw invalid("'exportReferencesGraph' value is not an array or a string");
}

/** `NAME PATH NAME PATH …` */
function plainGraphs(text: string): Map<string, string[]> {
  const tokens = words(text);
  if (tokens.length % 2 !== 0) throw invalid(`odd number of tokens in 'exportReferencesGraph': '${text}'`);
  const graphs = new Map<string, string[]>();
  for (let i = 0; i < tokens.length; i += 2) {
    const name = tokens[i]!;
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw invalid(`invalid file name '${name}' in 'exportReferencesGraph'`);
    graphs.set(name, [tokens[i + 1]!]);
  }
  return graphs;
}

/** Nix's `tokenizeString`: what stands between spaces, tabs and line ends. */
export const words = (text: string): string[] => text.split(/[ \t\n\r]+/).filter((word) => word !== '');

export const invalid = (message: string, cause?: unknown) => new BuildError('invalid', message, cause === undefined ? {} : { cause });

// ——— JSON as Nix's getters read it (libutil/json-utils.cc) ———

export function objectOf(value: Json): JsonObject {
  if (isObject(value)) return value;
  throw wrongType('object', value);
}

export function textsOf(value: Json): string[] {
  if (!isArray(value)) throw wrongType('array', value);
  return value.map((item) => {
    if (typeof item === 'string') return item;
    throw wrongType('string', item);
  });
}

function booleanOf(value: Json): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType('boolean', value);
}

export function sizeOf(value: Json): number {
  if (value instanceof JsonNumber && /^[0-9]+$/.test(value.text)) return Number(value.text);
  throw wrongType('number', value);
}

function wrongType(expected: string, value: Json): BuildError {
  return invalid(`Expected JSON value to be of type '${expected}' but it is of type '${typeName(value)}'`);
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  if (isArray(value)) return 'array';
  return isObject(value) ? 'object' : typeof value;
}
