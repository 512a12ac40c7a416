/**
 * What the coordinator's machine is told, and what it asks for. A goal is named by a number that is never used again; answers to goals that are gone are
 * ignored.
 */
import type { FailureKind } from './failure.ts';

export type GoalId = number;
export type Mode = 'normal' | 'check' | 'repair';

export type Target =
  | { readonly path: string; readonly repair?: boolean }
  | { readonly drvPath: string; readonly outputs: readonly string[] | '*'; readonly mode: Mode };

export interface Failure {
  readonly kind: FailureKind;
  /** Nix's words, with colours, without `error:`. */
  readonly message: string;
}

/** What a derivation says, and which of its outputs are there. */
export interface DerivationFacts {
  /** By name; the path is undefined where it is not known before the build. */
  readonly outputs: ReadonlyMap<string, { readonly path: string | undefined; readonly valid: boolean }>;
  readonly inputs: readonly { readonly drvPath: string; readonly outputs: readonly string[] }[];
  readonly sources: readonly string[];
  /** `allowSubstitutes`, or the setting that overrules it. */
  readonly substitutable: boolean;
  /** Built anew in each session. */
  readonly impure: boolean;
  readonly system: string;
  readonly features: readonly string[];
  /** Not worth another machine (`preferLocalBuild`). */
  readonly preferLocal?: boolean;
  /** Whether any builder will do: `builtin:fetchurl`. */
  readonly anywhere: boolean;
}

/** A path as a substituter knows it. */
export interface Offer {
  readonly references: readonly string[];
  readonly narSize: number;
  readonly downloadSize: number;
}

export interface BuilderFacts {
  readonly systems: readonly string[];
  readonly features: readonly string[];
  /** It takes only builds that ask for all of these. */
  readonly mandatory?: readonly string[];
  /** Builds at once. */
  readonly slots: number;
}

export type CoordinatorEvent =
  | { readonly type: 'want'; readonly request: number; readonly targets: readonly Target[] }
  | { readonly type: 'cancel'; readonly request: number }
  /** `facts` is undefined where the `.drv` is not valid. */
  | { readonly type: 'loaded'; readonly goal: GoalId; readonly facts: DerivationFacts | undefined }
  | { readonly type: 'checked'; readonly goal: GoalId; readonly valid: boolean }
  /** `offer` is undefined where the substituter does not have it. */
  | { readonly type: 'queried'; readonly goal: GoalId; readonly offer: Offer | undefined }
  | { readonly type: 'copied'; readonly goal: GoalId }
  /** `ignored`: it may not be taken (no signature), as if it were not there. */
  | { readonly type: 'copy-failed'; readonly goal: GoalId; readonly ignored: boolean }
  /** Where substituters say that outputs lie. */
  | { readonly type: 'found'; readonly goal: GoalId; readonly paths: ReadonlyMap<string, string> }
  /** The first is this machine's own; the others are asked before it, in their order. */
  | { readonly type: 'builders'; readonly builders: readonly BuilderFacts[] }
  | { readonly type: 'built'; readonly goal: GoalId }
  /** `again`: another try may succeed. */
  | { readonly type: 'build-failed'; readonly goal: GoalId; readonly failure: Failure; readonly again: boolean }
  /** Another process builds it. */
  | { readonly type: 'build-busy'; readonly goal: GoalId }
  | { readonly type: 'lock-free'; readonly goal: GoalId }
  | { readonly type: 'resumed'; readonly goal: GoalId }
  /** An effect could not be carried out at all. */
  | { readonly type: 'broken'; readonly goal: GoalId; readonly failure: Failure };

/** Each is answered by one event, but for those that say otherwise. */
export type Effect =
  /** Read the `.drv`, look which outputs are valid: `loaded`. */
  | { readonly type: 'load'; readonly goal: GoalId; readonly drvPath: string }
  /** Is it valid: `checked`. */
  | { readonly type: 'check'; readonly goal: GoalId; readonly path: string }
  /** Does the substituter have it: `queried`. */
  | { readonly type: 'query'; readonly goal: GoalId; readonly path: string; readonly substituter: number }
  /** References are valid: `copied`, `copy-failed`. */
  | { readonly type: 'copy'; readonly goal: GoalId; readonly path: string; readonly substituter: number; readonly repair: boolean }
  /** Look for realisations: `found`. */
  | { readonly type: 'find'; readonly goal: GoalId; readonly drvPath: string; readonly outputs: readonly string[] }
  /** `builders`, or `broken` with the goal 0. */
  | { readonly type: 'open-builders' }
  /** Inputs are valid: `built`, `build-failed`, `build-busy`. */
  | { readonly type: 'build'; readonly goal: GoalId; readonly drvPath: string; readonly mode: Mode; readonly builder: number }
  /** Wait until the other process has ended: `lock-free`. */
  | { readonly type: 'await-lock'; readonly goal: GoalId; readonly drvPath: string }
  /** Wait a little, longer each time: `resumed`. */
  | { readonly type: 'pause'; readonly goal: GoalId; readonly attempt: number }
  /** Nobody wants it any more: end what runs for it. A running build or copy still answers; no answer otherwise. */
  | { readonly type: 'abort'; readonly goal: GoalId }
  /** A failure that does not reach a request as it is. No answer. */
  | { readonly type: 'report'; readonly failure: Failure }
  /** Something more to do has become known. No answer. */
  | { readonly type: 'expect'; readonly builds: number; readonly copies: number; readonly narSize: number; readonly downloadSize: number }
  /** A request has ended. `failures` are by target, `roots` are those that others failed of. No answer. */
  | {
      readonly type: 'finish';
      readonly request: number;
      readonly failures: ReadonlyMap<Target, Failure>;
      readonly roots: readonly Failure[];
      readonly kinds: readonly FailureKind[];
    };
