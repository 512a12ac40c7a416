// Flake registries: what short names stand for (libfetchers/registry.cc).
import fs from 'node:fs';
import { type Attributes, attributesToJson, fetchError, q, refOf, revOf, type SchemeSet } from '../../core/fetch/input.ts';

interface Entry {
  from: Attributes;
  to: Attributes;
  dir: string | undefined;
  exact: boolean;
}

export type RegistryKind = 'flag' | 'user' | 'system' | 'global';

export interface Registry {
  kind: RegistryKind;
  entries: Entry[];
}

export interface Resolved {
  input: Attributes;
  /** The folder of the flake, where the registry says so. */
  dir: string | undefined;
}

const mostSteps = 100;

interface RegistryFile {
  version?: number;
  flakes?: { from: Attributes; to: Attributes; exact?: boolean }[];
}

/** Reads a registry's text. */
export function parseRegistry(schemes: SchemeSet, kind: RegistryKind, text: string, name: string): Registry {
  const { version, flakes = [] } = JSON.parse(text) as RegistryFile;
  if (version !== 2) throw fetchError(`flake registry ${q(name)} has unsupported version \x0e${version ?? 0}\x0f`);
  const entries = flakes.map(({ from, to: { dir, ...to }, exact = false }) => ({
    from: schemes.fromAttributes(from),
    to: schemes.fromAttributes(to),
    dir: dir === undefined ? undefined : String(dir),
    exact,
  }));
  return { kind, entries };
}

/** Reads a registry's file; one that is not there is empty. */
export function readRegistry(schemes: SchemeSet, kind: RegistryKind, file: string, warn: (text: string) => void): Registry {
  if (!fs.existsSync(file)) return { kind, entries: [] };
  try {
    return parseRegistry(schemes, kind, fs.readFileSync(file, 'utf8'), file);
  } catch (error) {
    warn(`cannot read flake registry ${q(file)}: ${error instanceof Error ? error.message : String(error)}`);
    return { kind, entries: [] };
  }
}

const same = (a: Attributes, b: Attributes) => attributesToJson(a) === attributesToJson(b);

/** Whether an entry is about an input: the same, but for its branch and revision. */
function covers(from: Attributes, input: Attributes): boolean {
  const { ref: _ref, rev: _rev, ...bare } = input;
  return same(from, input) || same(from, bare);
}

function withOverrides(entry: Entry, input: Attributes): Attributes {
  const to = { ...entry.to };
  const ref = refOf(entry.from) === undefined ? refOf(input) : undefined;
  const rev = revOf(entry.from) === undefined ? revOf(input) : undefined;
  const isForge = to.type === 'github' || to.type === 'gitlab' || to.type === 'sourcehut';
  if (ref !== undefined) to.ref = ref;
  if (rev !== undefined) to.rev = rev;
  if (isForge && rev !== undefined) delete to.ref;
  else if (isForge && ref !== undefined) delete to.rev;
  return to;
}

/** Follows registries until an input can be fetched as it is. */
export function lookUp(schemes: SchemeSet, registries: readonly Registry[], given: Attributes): Resolved {
  let current: Resolved = { input: given, dir: undefined };
  for (let step = 0; step < mostSteps; step++) {
    const { input } = current;
    const entries = registries.flatMap((registry) => registry.entries);
    const entry = entries.find(({ from, exact }) => (exact ? same(from, input) : covers(from, input)));
    if (!entry) {
      if (schemes.isDirect(input)) return current;
      throw fetchError(`cannot find flake ${q(schemes.print(input))} in the flake registries`);
    }
    current = { input: entry.exact ? entry.to : withOverrides(entry, input), dir: entry.dir };
  }
  throw fetchError(`cycle detected in flake registry for ${q(schemes.print(given))}`);
}
