/** Outputs in an order in which each comes after those that it refers to. */
import { BuildError } from '../errors.ts';
import type { LeftOutput } from './take.ts';

/** Fails with `output` where they refer to each other in a circle. */
export function inOrder(outputs: readonly LeftOutput[], drvPath: string): LeftOutput[] {
  const byScratch = new Map(outputs.map((output) => [output.scratch, output]));
  const order: LeftOutput[] = [];
  const state = new Map<LeftOutput, 'open' | 'done'>();
  const stack = [...outputs].reverse();
  for (let output = stack.at(-1); output; output = stack.at(-1)) {
    if (state.has(output)) {
      stack.pop();
      if (state.get(output) === 'open') order.push(output);
      state.set(output, 'done');
      continue;
    }
    state.set(output, 'open');
    for (const reference of output.references) {
      const other = byScratch.get(reference);
      if (!other || other === output || state.get(other) === 'done') continue;
      if (state.get(other) === 'open') throw cycle(drvPath, other, output);
      stack.push(other);
    }
  }
  return order;
}

const cycle = (drvPath: string, output: LeftOutput, from: LeftOutput) =>
  new BuildError(
    'output',
    `cycle detected in build of '${drvPath}' in the references of output '${output.name}' from output '${from.name}'`,
  );
