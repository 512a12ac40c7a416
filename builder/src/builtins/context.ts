/** What builders that are part of this program are given: inputs and attributes, nothing of the machine's files. */
import type { CallOptions, Castore, Node } from '@vixen/store';
import type { BuildSettings } from '../build.ts';
import { BuildError } from '../errors.ts';
import type { BuildPlan } from '../plan/plan.ts';
import type { InputFiles } from './input-files.ts';
import type { TreeFolder } from './output-tree.ts';

export interface BuiltinContext extends CallOptions {
  readonly plan: BuildPlan;
  readonly settings: BuildSettings;
  readonly castore: Castore;
  readonly files: InputFiles;
  /** Where the output `out` stands. */
  readonly output: string;
  log(text: string): void;
  /** A variable that has to be there. */
  attribute(name: string): string;
}

/** Answers the output `out`. */
export type Builtin = (context: BuiltinContext) => Promise<TreeFolder | Node>;

export const missingAttribute = (name: string) => new BuildError('failed', `attribute '${name}' missing`);
