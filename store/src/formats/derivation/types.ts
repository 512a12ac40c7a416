/** Derivations: what `.drv` files say (Nix manual, "Derivation"). Texts are `decodeText`'s: bytes that are no UTF-8 survive. */
import type { Hash, HashAlgo } from '@vixen/wasm';
import type { ContentAddressMethod } from '../content-address.ts';

export type DerivationOutput =
  /** The path follows from the derivation. */
  | { readonly type: 'input-addressed'; readonly path: string }
  /** The contents are known before. */
  | { readonly type: 'fixed'; readonly path: string; readonly method: ContentAddressMethod; readonly hash: Hash }
  /** The path follows from what is built. */
  | { readonly type: 'floating'; readonly method: ContentAddressMethod; readonly algo: HashAlgo }
  /** Input-addressed, but by inputs whose paths are not known yet. */
  | { readonly type: 'deferred' }
  /** As `floating`, and built anew each time. */
  | { readonly type: 'impure'; readonly method: ContentAddressMethod; readonly algo: HashAlgo };

/** What is used of another derivation: outputs by name, and outputs of derivations that are themselves outputs (dynamic derivations). */
export interface DerivationInput {
  readonly outputs: readonly string[];
  /** By the name of the output that is a derivation. */
  readonly dynamic?: ReadonlyMap<string, DerivationInput>;
}

export interface Derivation {
  /** By name. */
  readonly outputs: ReadonlyMap<string, DerivationOutput>;
  /** By the path of the `.drv`. */
  readonly inputDerivations: ReadonlyMap<string, DerivationInput>;
  readonly inputSources: readonly string[];
  /** `x86_64-linux`, `builtin`. */
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  /** Structured attributes are the variable `__json`. */
  readonly env: ReadonlyMap<string, string>;
}
