/** Making paths valid: what commands and the evaluator call. */
import type { BuildMode, BuildService } from '@vixen/builder';
import type { Store } from '@vixen/store';
import type { DerivedPath } from '@vixen/store/formats';
import type { Settings } from '../../core/config/settings.ts';
import type { BuildDisplay } from '../../core/coordinator/progress.ts';

export interface RealisedPath {
  readonly path: string;
  /** Where it is a derivation's output. */
  readonly drvPath?: string;
  /** The output's name. */
  readonly output?: string;
}

export interface RealiseOptions {
  /** `normal`. The other modes hold for the derivations that are asked for, not for their inputs. */
  readonly mode?: BuildMode;
  readonly signal?: AbortSignal | undefined;
}

/** What would be built and fetched. Paths ascending, derivations in the order of building. */
export interface RealisePlan {
  readonly willBuild: readonly string[];
  readonly willSubstitute: readonly string[];
  readonly unknown: readonly string[];
  readonly downloadSize: number;
  readonly narSize: number;
}

/** One for a command: opened lazily, closed at the end. Calls may run at the same time, and share the work: nothing is built twice. */
export interface Realiser {
  /** Makes paths valid, and answers them in the order asked for, outputs by name. Fails with `BuildFailure` after as much as `keep-going` says. */
  realise(paths: readonly DerivedPath[], options?: RealiseOptions): Promise<RealisedPath[]>;
  /**
   * What the paths are, where all of them are valid; undefined where something is to be done. They are not kept from the collector, and nothing is written:
   * for who does no more than name them, or links to them by what keeps them.
   */
  there(paths: readonly DerivedPath[]): Promise<RealisedPath[] | undefined>;
  plan(paths: readonly DerivedPath[], options?: { readonly signal?: AbortSignal | undefined }): Promise<RealisePlan>;
  close(): Promise<void>;
}

export interface RealiserOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly env: Record<string, string | undefined>;
  readonly display?: BuildDisplay | undefined;
  /** Takes texts with colours, without `warning:`. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Instead of those that settings name; without a URL this machine's own. */
  readonly openBuilder?: ((url?: string) => Promise<BuildService>) | undefined;
  /** Instead of `openHostStore`. */
  readonly openSubstituter?: ((url: string) => Promise<Store>) | undefined;
}
