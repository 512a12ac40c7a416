/** What a build has left, by output: from the builder's answer, or computed anew where its word does not count. */
import type { CallOptions, Castore, Node } from '@vixen/store';
import { nativeHashers, renderNar, wasmHashes } from '@vixen/store/castore';
import { ReferenceScanner } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { BuildPlan } from '../plan/plan.ts';
import type { BuildOutcome, BuildOutput } from '../service.ts';

export interface LeftOutput {
  readonly name: string;
  /** Where it stood during the build. */
  readonly scratch: string;
  readonly node: Node;
  readonly narHash: Uint8Array;
  readonly narSize: number;
  /** Inputs and scratch paths whose hash parts occur in it. */
  readonly occurring: readonly string[];
  /** Those that count as references. */
  readonly references: readonly string[];
}

/** What is told of contents. */
type Measured = Pick<BuildOutput, 'needles' | 'narHash' | 'narSize'>;

export interface TakeOptions extends CallOptions {
  readonly castore: Castore;
  readonly trusted: boolean;
}

/** Fails with `output` where one is missing. */
export async function takeOutputs(plan: BuildPlan, { outputs }: BuildOutcome, options: TakeOptions): Promise<LeftOutput[]> {
  const left = new Map(outputs.map((output) => [`/${output.path}`, output]));
  const taken: LeftOutput[] = [];
  const asked = new Set(plan.request.outputs);
  for (const [name, scratch] of plan.scratch) {
    if (!asked.has(scratch.slice(1))) continue;
    const output = left.get(scratch);
    if (!output) throw missingOutput(plan.drvPath, name, scratch);
    const { needles, narHash, narSize } = options.trusted ? output : await measure(output.node, plan, options);
    const occurring = needles.map((needle) => neededPath(plan, needle));
    const references = plan.options.unsafeDiscardReferences.get(name) ? [] : occurring;
    taken.push({ name, scratch, node: output.node, narHash, narSize, occurring, references });
  }
  return taken;
}

export const missingOutput = (drvPath: string, name: string, scratch: string) =>
  new BuildError('output', `builder for '${drvPath}' failed to produce output path for output '${name}' at '${scratch}'`);

function neededPath({ needles }: BuildPlan, index: number): string {
  const path = needles[index];
  if (path === undefined) throw new BuildError('invalid', `the builder found a reference that nobody asked for: ${index}`);
  return path;
}

async function measure(node: Node, { request }: BuildPlan, { castore, signal }: TakeOptions): Promise<Measured> {
  const scanner = new ReferenceScanner(wasmHashes(), request.needles);
  const hasher = nativeHashers('sha256');
  let narSize = 0;
  try {
    for await (const chunk of renderNar(castore, node, { signal })) {
      scanner.write(chunk);
      hasher.update(chunk);
      narSize += chunk.length;
    }
    const found = new Set(scanner.found());
    const needles = request.needles.flatMap((needle, index) => (found.has(needle) ? [index] : []));
    return { needles, narHash: hasher.digest(), narSize };
  } finally {
    scanner.close();
  }
}
