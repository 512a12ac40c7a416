/** What a build has left becomes what is registered: paths, references, contents with final paths in them. */
import type { CallOptions, Castore, PathInfo } from '@vixen/store';
import { outputPathName } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import { derivationName } from '../plan/names.ts';
import type { BuildPlan } from '../plan/plan.ts';
import type { FinalOutput } from './checks.ts';
import { addressOutput } from './content-address.ts';
import { inOrder } from './order.ts';
import type { LeftOutput } from './take.ts';

export interface FinishOptions extends CallOptions {
  readonly castore: Castore;
  readonly directory: string;
  /** Outputs that stay as they are, by name: their paths. */
  readonly kept: ReadonlyMap<string, string>;
}

/** In the order in which they refer to each other. Nothing is registered. */
export async function finishOutputs(plan: BuildPlan, left: readonly LeftOutput[], options: FinishOptions): Promise<FinalOutput[]> {
  const { kept } = options;
  const moved = new Map<string, string>();
  for (const [name, path] of kept) if (plan.scratch.get(name) !== path) moved.set(plan.scratch.get(name)!, path);
  const finals: FinalOutput[] = [];
  const wanted = left.filter(({ name }) => !kept.has(name));
  for (const output of inOrder(wanted, plan.drvPath)) {
    const final = await finishOutput(plan, output, moved, options);
    if (output.scratch !== final.info.path) moved.set(output.scratch, final.info.path);
    finals.push({ ...final, info: { ...final.info, deriver: plan.drvPath, ultimate: true } });
  }
  return finals;
}

async function finishOutput(
  plan: BuildPlan,
  left: LeftOutput,
  moved: ReadonlyMap<string, string>,
  { castore, directory, signal }: FinishOptions,
): Promise<FinalOutput> {
  const output = plan.derivation.outputs.get(left.name)!;
  switch (output.type) {
    case 'input-addressed':
      return { name: left.name, info: inputAddressed(output.path, left) };
    case 'deferred':
      throw new BuildError('invalid', `output '${left.name}' of derivation '${plan.drvPath}' has no path`);
    default: {
      const name = outputPathName(derivationName(plan.drvPath, directory), left.name);
      const algo = output.type === 'fixed' ? output.hash.algo : output.algo;
      const addressing = { castore, directory, name, method: output.method, algo, moved, signal };
      return { name: left.name, ...(await addressOutput(left, addressing)) };
    }
  }
}

function inputAddressed(path: string, { node, narHash, narSize, references }: LeftOutput): PathInfo {
  return { path, node, narHash, narSize, references: [...references].sort(), signatures: [] };
}
