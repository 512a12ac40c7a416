/** Builds derivations in a store: what coordinators call, whatever the builder. */
import type { CallOptions, Realisation, Store } from '@vixen/store';
import type { Derivation } from '@vixen/store/formats';
import type { BuildLimits, BuildService, SandboxPath } from './service.ts';

/** What the settings of nix.conf say to builds (Nix manual, "nix.conf"). */
export interface BuildSettings {
  /** `cores`; 0 is all. */
  readonly cores: number;
  readonly limits: BuildLimits;
  readonly sandboxPaths: readonly SandboxPath[];
  /** Whether `__noChroot` may be asked for (`sandbox = relaxed`). */
  readonly relaxed: boolean;
  /** `max-build-log-size`, `system-features` and the like lie in `limits` and the builder's description. */
  readonly impureEnv: ReadonlyMap<string, string>;
  /** Prefixes of paths that `__impureHostDeps` may name. */
  readonly allowedImpureHostDeps: readonly string[];
  /** Names and passwords for `builtin:fetchurl`, which the build itself never sees. */
  readonly netrcFile?: string | undefined;
  /** Servers that `builtin:fetchurl` asks for files by hash before it asks the one that the derivation names. */
  readonly hashedMirrors?: readonly string[];
}

export type BuildMode =
  /** Builds outputs that are not valid. */
  | 'normal'
  /** Builds again, compares, registers nothing. */
  | 'check'
  /** Builds again, replaces what is damaged. */
  | 'repair';

export interface DerivationToBuild {
  readonly drvPath: string;
  readonly derivation: Derivation;
  /**
   * Paths of the outputs of input derivations, by `.drv` and output, as far as the caller knows them. The others are looked up in the store; it does not know those of
   * impure derivations.
   */
  readonly inputOutputs?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Whether it is known that its outputs are where they should be: it comes from our own evaluation. Otherwise that is computed, of all that it needs; false. */
  readonly checked?: boolean;
}

export interface BuildDerivationOptions extends CallOptions {
  readonly store: Store;
  readonly builder: BuildService;
  readonly settings: BuildSettings;
  readonly mode?: BuildMode;
  /** Whether the builder's word counts for what it has made: hashes, sizes, references. False where it is another machine's; true. */
  readonly trusted?: boolean;
  /** Names of the outputs that are wanted; all are built. */
  readonly onLog?: (bytes: Uint8Array) => void;
  readonly onKept?: (folder: string) => void;
  readonly warn?: (message: string) => void;
}

export interface BuiltOutput {
  readonly path: string;
  /** Where the path is known only after the build. */
  readonly realisation?: Realisation | undefined;
}

export interface BuiltDerivation {
  /** By output. */
  readonly outputs: ReadonlyMap<string, BuiltOutput>;
  readonly started: number;
  readonly ended: number;
}
