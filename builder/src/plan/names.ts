/** Names that plans are made of: placeholders, and paths that outputs have while they are built. */

import { nativeHashers } from '@vixen/store/castore';
import type { Derivation } from '@vixen/store/formats';
import { hashPartOf, nameOf } from '@vixen/store/formats';
import { compressHash, encodeText, type Hash, nix32, outputPathName, StoreDir } from '@vixen/wasm';
import { invalid } from './options.ts';

const sha256 = (text: string) => nativeHashers('sha256').update(encodeText(text)).digest();
const noHash: Hash = { algo: 'sha256', digest: new Uint8Array(32) };

export const storeDir = (directory: string) => new StoreDir(nativeHashers, directory);

/** `hello-1.0` of `/nix/store/…-hello-1.0.drv`. */
export function derivationName(drvPath: string, directory: string): string {
  const name = nameOf(drvPath, directory);
  if (!name.endsWith('.drv')) throw invalid(`path '${drvPath}' is not a derivation`);
  return name.slice(0, -4);
}

/** Stands in a derivation for an output of another one whose path is not known (libstore/downstream-placeholder.cc). */
export function upstreamPlaceholder(drvPath: string, output: string, directory: string): string {
  const name = outputPathName(derivationName(drvPath, directory), output);
  return `/${nix32.encode(sha256(`nix-upstream-output:${hashPartOf(drvPath, directory)}:${name}`))}`;
}

/** The same for an output of a derivation that is itself an output, which `placeholder` stands for. */
export function computedPlaceholder(placeholder: string, output: string): string {
  const compressed = compressHash(nix32.decode(placeholder.slice(1))!, 20);
  return `/${nix32.encode(sha256(`nix-computed-output:${nix32.encode(compressed)}:${output}`))}`;
}

/** Where an output stands during the build whose path is known only after it: a path that no object can have (`makeFallbackPath`). */
export function scratchPath(drvPath: string, output: string, directory: string): string {
  const base = drvPath.slice(directory.length + 1);
  const name = outputPathName(derivationName(drvPath, directory), output);
  return storeDir(directory).makeStorePath(`rewrite:${base}:name:${output}`, noHash, name);
}

/** `.attr-…`, the file of a variable that is passed as one. */
export const attributeFile = (name: string): string => `.attr-${nix32.encode(sha256(name))}`;

export type DerivationKind = 'input-addressed' | 'fixed' | 'floating' | 'deferred' | 'impure';

/** What all outputs are. Fails with `invalid` where Nix refuses to mix. */
export function derivationKind({ outputs }: Derivation): DerivationKind {
  const all = [...outputs];
  const kind = all[0]?.[1].type;
  if (kind === undefined) throw invalid('must have at least one output');
  if (all.some(([, output]) => output.type !== kind)) throw invalid("can't mix derivation output types");
  if (kind === 'fixed' && all.length > 1) throw invalid('only one fixed output is allowed for now');
  if (kind === 'fixed' && all[0]![0] !== 'out') throw invalid('single fixed output must be named "out"');
  const algorithms = new Set(all.map(([, output]) => ('algo' in output ? output.algo : undefined)));
  if (algorithms.size > 1) throw invalid('all floating outputs must use the same hash algorithm');
  return kind;
}
