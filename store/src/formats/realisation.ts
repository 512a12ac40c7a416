/**
 * Realisations: which path a derivation's output became (Nix manual, "Realisation"; libstore/realisation.cc). In a binary cache they are
 * `realisations/<id>.doi`:
 *
 *     {"dependentRealisations":{},"id":"sha256:<base 16>!out","outPath":"<base name>","signatures":["<key>:<base 64>"]}
 */
import { formatHash } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { Realisation } from '../path-info.ts';
import { parsePrefixedHash } from './hash.ts';
import { asObject, asString, asStrings, type JsonObject, member, optional, parseJson, sortedJson } from './json.ts';
import type { PublicKeys, SecretKey } from './keys.ts';
import { normalSignatures } from './signature.ts';
import { baseNameOf, checkBaseName, defaultStoreDirectory } from './store-path.ts';

/** Checks an id, and answers it as Nix writes it: the hash in base 16. */
export function parseRealisationId(text: string): string {
  const at = text.indexOf('!');
  if (at < 0) throw new StoreError('invalid', `Invalid derivation output id ${text}`);
  const output = text.slice(at + 1);
  if (!/^[0-9a-zA-Z+\-._?=]+$/.test(output)) throw new StoreError('invalid', `Invalid derivation output id ${text}`);
  return `${formatHash(parsePrefixedHash(text.slice(0, at)), 'base16')}!${output}`;
}

export function parseRealisation(text: string, directory = defaultStoreDirectory): Realisation {
  return realisationOfJson(parseJson(text, 'realisation'), directory);
}

export function realisationOfJson(value: unknown, directory = defaultStoreDirectory): Realisation {
  const object = asObject(value);
  const pathOf = (base: unknown) => `${directory}/${checkBaseName(asString(base))}`;
  const dependent = optional(object, 'dependentRealisations', asObject) ?? {};
  return {
    id: parseRealisationId(asString(member(object, 'id'))),
    outPath: pathOf(member(object, 'outPath')),
    signatures: normalSignatures(optional(object, 'signatures', asStrings) ?? []),
    dependentRealisations: Object.fromEntries(Object.entries(dependent).map(([id, base]) => [parseRealisationId(id), pathOf(base)])),
  };
}

export function jsonOfRealisation(realisation: Realisation, directory = defaultStoreDirectory): JsonObject {
  const { id, outPath, signatures, dependentRealisations } = realisation;
  return {
    dependentRealisations: Object.fromEntries(
      Object.entries(dependentRealisations).map(([key, path]) => [key, baseNameOf(path, directory)]),
    ),
    id,
    outPath: baseNameOf(outPath, directory),
    signatures: normalSignatures(signatures),
  };
}

export const formatRealisation = (realisation: Realisation, directory = defaultStoreDirectory): string =>
  sortedJson(jsonOfRealisation(realisation, directory));

/** What a signature is made of: the JSON without signatures. Nix 2.34 leaves out the dependent realisations, older ones signed them. */
export function realisationFingerprint(realisation: Realisation, directory = defaultStoreDirectory): string {
  const { signatures: _, ...rest } = jsonOfRealisation({ ...realisation, dependentRealisations: {} }, directory);
  return sortedJson(rest);
}

function olderFingerprint(realisation: Realisation, directory: string): string {
  const { signatures: _, ...rest } = jsonOfRealisation(realisation, directory);
  return sortedJson(rest);
}

/** The realisation with a signature more. */
export function signRealisation(realisation: Realisation, key: SecretKey, directory = defaultStoreDirectory): Realisation {
  const signature = key.sign(realisationFingerprint(realisation, directory));
  return { ...realisation, signatures: normalSignatures([...realisation.signatures, signature]) };
}

/** Whether a trusted key signed it. */
export function isSignedRealisation(realisation: Realisation, keys: PublicKeys, directory = defaultStoreDirectory): boolean {
  const fingerprints = [realisationFingerprint(realisation, directory), olderFingerprint(realisation, directory)];
  return fingerprints.some((fingerprint) => keys.signers(fingerprint, realisation.signatures).size > 0);
}
