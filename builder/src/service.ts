/**
 * What a builder is: it takes a request that says all that a build may see, runs it, and answers with what it has left. It knows nothing of derivations
 * (plan/ makes requests of them) and registers nothing (outputs/ checks what comes back and does).
 *
 * ```
 *   derivation ──plan/──▶ BuildRequest ──BuildService──▶ BuildOutcome ──outputs/──▶ valid paths
 *                                        sandbox/ here,
 *                                        or grpc/ elsewhere
 * ```
 *
 * The request is snix.build.v1's BuildRequest as data, with what vixen.build.v1 adds to it. Paths are clean and relative to the build's root, where
 * nothing else is said.
 */
import type { CallOptions, Node } from '@vixen/store';

/** Something that stands in the inputs' folder. */
export interface BuildInput {
  /** `<hash>-<name>` */
  readonly name: string;
  /** Its contents, where the castore that coordinator and builder share knows them; without, the builder asks its store for the path. */
  readonly node?: Node | undefined;
}

export interface BuildFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

export interface BuildConstraints {
  /** `x86_64-linux` */
  readonly system: string;
  /** Bytes. */
  readonly minMemory: number;
  /** Absolute paths of the builder's machine that the build may read. */
  readonly availableReadOnlyPaths: readonly string[];
  readonly networkAccess: boolean;
  readonly provideBinSh: boolean;
}

/** A path of the builder's machine inside the sandbox (`sandbox-paths`). */
export interface SandboxPath {
  readonly target: string;
  readonly source: string;
  /** Left out where it does not exist. */
  readonly optional: boolean;
}

/** 0 where there is no limit. */
export interface BuildLimits {
  /** Seconds from start to end. */
  readonly time: number;
  /** Seconds without a byte of log. */
  readonly silence: number;
  /** Bytes. */
  readonly log: number;
  /** Bytes of all outputs together. */
  readonly output: number;
  /** Bytes. */
  readonly memory: number;
  /** Seconds of processor time of any one process. */
  readonly cpu: number;
  readonly processes: number;
  /** Bytes that have to stay free on the disk that builds write to. */
  readonly freeSpace: number;
}

export const noLimits: BuildLimits = { time: 0, silence: 0, log: 0, output: 0, memory: 0, cpu: 0, processes: 0, freeSpace: 0 };

export interface BuildRequest {
  /** By name, ascending. */
  readonly inputs: readonly BuildInput[];
  /** `nix/store` */
  readonly inputsDirectory: string;
  /** The program (absolute inside) and its arguments. */
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** Folders that the build may write to, ascending: `build`, `nix/store`. */
  readonly scratchPaths: readonly string[];
  /** What the build has to leave, ascending. */
  readonly outputs: readonly string[];
  /** Texts are `decodeText`'s: bytes that are no UTF-8 survive. */
  readonly environment: ReadonlyMap<string, string>;
  /** Ascending by path; the build may write to them. */
  readonly additionalFiles: readonly BuildFile[];
  /** Hash parts of store paths to look for in the outputs, in the order that `needles` counts in. */
  readonly needles: readonly string[];
  readonly constraints: BuildConstraints;

  // ——— what Snix has no words for ———

  readonly limits: BuildLimits;
  readonly sandboxPaths: readonly SandboxPath[];
  /** What the builder has to have (`requiredSystemFeatures`). */
  readonly features: readonly string[];
  /** The build may see the whole machine (`__noChroot` where `sandbox = relaxed`); a builder that does not offer that fails with `unsupported`. */
  readonly unsandboxed?: boolean;
}

export interface BuildOutput {
  /** As in the request. */
  readonly path: string;
  readonly node: Node;
  /** Which of the request's needles occur in it, ascending. */
  readonly needles: readonly number[];
  /** SHA-256 and bytes of its archive, as the builder says: who does not trust it computes them. */
  readonly narHash: Uint8Array;
  readonly narSize: number;
}

export interface BuildOutcome {
  /** In the order of the request's outputs. */
  readonly outputs: readonly BuildOutput[];
  /** When the builder's process started and ended: milliseconds since 1970. */
  readonly started: number;
  readonly ended: number;
  /** Processor time of the whole build, where it is known: microseconds. */
  readonly cpuUser?: number | undefined;
  readonly cpuSystem?: number | undefined;
}

export interface BuildOptions extends CallOptions {
  /**
   * The log as it comes: standard output and standard error of the build, together. A chunk is the receiver's own; the next should wait for what is
   * answered.
   */
  readonly onLog?: (bytes: Uint8Array) => void | Promise<void>;
  /** Keep the folder of a failed build; told where it is. */
  readonly onKept?: (folder: string) => void;
  /** Where it is kept: the first free of `KEEP-AT-0`, `KEEP-AT-1`, …; `<TMPDIR>/nix-build`. */
  readonly keepAt?: string;
}

export interface BuilderDescription {
  /** `bwrap`, `oci (runc 1.1.5)`, `local`, … */
  readonly name: string;
  /** Why this one was chosen. */
  readonly reason: string;
  /** Whether builds see only their inputs. */
  readonly sandboxed: boolean;
  readonly systems: readonly string[];
  readonly features: readonly string[];
}

export interface BuildService {
  /** As the user would write it: `bwrap:`, `grpc+unix:///run/builder`. */
  readonly url: string;
  describe(options?: CallOptions): Promise<BuilderDescription>;
  /**
   * Runs a build. Outputs are in the castore when it answers, and nothing of the build is left: no processes, mounts, folders. Fails with `BuildError`, or with the
   * signal's reason when it aborts, and leaves nothing then either.
   */
  build(request: BuildRequest, options?: BuildOptions): Promise<BuildOutcome>;
  close(): Promise<void>;
}
