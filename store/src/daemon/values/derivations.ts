/** Derivations, and what is asked to be built, on the wire (libstore/derivations.cc, worker-protocol.cc). */
import { StoreError } from '../../errors.ts';
import { type Derivation, derivationOutputFields, derivationOutputOf } from '../../formats/derivation/index.ts';
import { type DerivedPath, formatDerivedPath, parseDerivedPath } from '../../formats/derived-path.ts';
import { baseNameOf } from '../../formats/store-path.ts';
import { since } from '../protocol.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';
import { readPaths, writePaths } from './paths.ts';

/** A derivation without input derivations: its sources are all that it reads. */
export type BasicDerivation = Omit<Derivation, 'inputDerivations'>;

export async function readDerivation(from: WireReader, directory: string): Promise<BasicDerivation> {
  const outputs = await from.list(async () => {
    const name = await from.text();
    const [path, method, hash] = [await from.text(), await from.text(), await from.text()];
    return [name, derivationOutputOf(path, method, hash, directory)] as const;
  });
  const inputSources = await readPaths(from, directory);
  const [system, builder] = [await from.text(), await from.text()];
  const args = await from.texts();
  const env = await from.list(async () => [await from.text(), await from.text()] as const);
  return { outputs: new Map(outputs), inputSources, system, builder, args, env: new Map(env) };
}

export function writeDerivation(to: WireWriter, { outputs, inputSources, system, builder, args, env }: BasicDerivation): void {
  to.list(byName(outputs), ([name, output]) => {
    to.text(name);
    for (const field of derivationOutputFields(output)) to.text(field);
  });
  writePaths(to, inputSources).text(system).text(builder).texts(args);
  to.list(byName(env), ([name, value]) => to.text(name).text(value));
}

const byName = <T>(map: ReadonlyMap<string, T>): (readonly [string, T])[] => [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export async function readDerivedPath(from: WireReader, version: number, directory: string): Promise<DerivedPath> {
  const text = await from.text();
  return version >= since.derivedPaths ? parseDerivedPath(text, directory) : oldDerivedPath(text, directory);
}

/** Before 1.30, and in the serve protocol, a derivation alone stands for all its outputs. */
export function oldDerivedPath(text: string, directory: string): DerivedPath {
  if (text.includes('!')) return parseDerivedPath(text, directory);
  baseNameOf(text, directory);
  return text.endsWith('.drv') ? { drvPath: text, outputs: '*' } : { path: text };
}

export function writeDerivedPath(to: WireWriter, path: DerivedPath, version: number): void {
  to.text(version >= since.derivedPaths ? formatDerivedPath(path) : oldText(path));
}

function oldText(path: DerivedPath): string {
  if ('path' in path) {
    if (!path.path.endsWith('.drv')) return path.path;
    const message = `trying to request '${path.path}', but the daemon's protocol is too old (< 1.30) to request a derivation file`;
    throw new StoreError('unsupported', message);
  }
  if (typeof path.drvPath === 'string') return path.outputs === '*' ? path.drvPath : formatDerivedPath(path);
  throw new StoreError('unsupported', "the daemon's protocol is too old (< 1.30) to build a derivation that is itself a build product");
}
