import type { Node } from './castore/node.ts';

/** What is known about a valid store path (Nix manual, "Store Object Info"). Paths are logical: `/nix/store/<hash>-<name>`. */
export interface PathInfo {
  readonly path: string;
  /** SHA-256 of the path's archive: 32 bytes. */
  readonly narHash: Uint8Array;
  /** Bytes of the path's archive. */
  readonly narSize: number;
  /** Store paths, ascending; a path may refer to itself. */
  readonly references: readonly string[];
  /** The `.drv` that made it. */
  readonly deriver?: string;
  /** `name:base64`, as narinfos write them. */
  readonly signatures: readonly string[];
  /** How its contents make its name: `text:sha256:…`, `fixed:r:sha256:…`. */
  readonly ca?: string;
  /** Seconds since 1970. */
  readonly registrationTime?: number;
  /** Whether this store made it itself. */
  readonly ultimate?: boolean;
  /** The root of its contents, where the store keeps them in a castore. */
  readonly node?: Node;
}

/** Which derivation output a content-addressed path was made for (Nix manual, "Realisation"). */
export interface Realisation {
  /** `sha256:<base 16>!<output>`: the derivation's hash modulo, and the output. */
  readonly id: string;
  readonly outPath: string;
  readonly signatures: readonly string[];
  /** Realisations that this one was made from: id → path. */
  readonly dependentRealisations: Readonly<Record<string, string>>;
}
