/** What URLs and options say about stores that own their contents. */
import type { Trust } from '../castore/store.ts';
import type { KeepSettings } from '../collect-plan.ts';
import { StoreError } from '../errors.ts';
import { PublicKeys } from '../formats/keys.ts';
import { isSignedRealisation } from '../formats/realisation.ts';
import type { OpenOptions } from '../open.ts';
import type { Realisation } from '../path-info.ts';

export const trustOf = ({ trustedPublicKeys = [], requireSignatures = true }: OpenOptions): Trust => ({
  keys: PublicKeys.parse(trustedPublicKeys),
  required: requireSignatures,
});

/** `?keep-outputs=true`, `?keep-derivations=false`: Nix's settings of these names, and their defaults. */
export const keepSettingsOf = ({ searchParams }: URL): KeepSettings => ({
  keepDerivations: flag(searchParams, 'keep-derivations', true),
  keepOutputs: flag(searchParams, 'keep-outputs', false),
});

function flag(parameters: URLSearchParams, name: string, otherwise: boolean): boolean {
  const text = parameters.get(name);
  if (text === null) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new StoreError('invalid', `store setting '${name}' is 'true' or 'false', not '${text}'`);
}

/** Refuses a realisation without the signature that it needs. */
export function requireTrusted(trust: Trust, realisation: Realisation, directory: string, checkSignatures = true): void {
  if (!checkSignatures || !trust.required || isSignedRealisation(realisation, trust.keys, directory)) return;
  throw new StoreError('untrusted', `cannot register realisation '${realisation.id}' because it lacks a signature by a trusted key`);
}
