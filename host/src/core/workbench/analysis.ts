// How a text is understood: its syntax tree, and the code that is made of it. Nothing is evaluated.
import { opcodeHelp, type SourceText } from '@vixen/eval-core';
import { parentPath } from '../files/paths.ts';
import type { CheckOptions } from './check.ts';
import { problemOf } from './problems.ts';
import { Run, type Surroundings } from './run.ts';
import { Sources } from './sources.ts';
import { syntaxNodes } from './syntax.ts';
import type { Bytecode, Outcome, SyntaxTree } from './types.ts';

/** A job on a text in a machine of its own, whose code knows what it is the code of. */
async function analysed<T>(
  surroundings: Surroundings,
  text: string,
  { signal, file }: CheckOptions,
  job: (run: Run, source: SourceText) => Promise<T>,
): Promise<Outcome<T>> {
  const sources = new Sources((path) => (path === file ? text : undefined));
  try {
    const run = new Run({ ...surroundings, sources: {}, base: '/', limits: {}, forces: 1, onMessage: () => {}, onWarning: () => {} });
    run.sources = sources;
    const source = { text, base: file === undefined ? '/' : parentPath(file), origin: file ?? '' };
    return { ok: true, value: await run.work(signal, () => job(run, source)) };
  } catch (error) {
    return { ok: false, problem: problemOf(error, sources) };
  }
}

export function syntaxTreeOf(surroundings: Surroundings, text: string, options: CheckOptions): Promise<Outcome<SyntaxTree>> {
  return analysed(surroundings, text, options, async ({ session, machine }, source) => {
    machine.drop(await session.run(machine.parseTree(source)));
    return { nodes: syntaxNodes(machine.syntaxTree(), text) };
  });
}

export interface BytecodeOptions extends CheckOptions {
  /** About so many instructions are shown. */
  instructions?: number | undefined;
}

export function bytecodeOf(surroundings: Surroundings, text: string, options: BytecodeOptions): Promise<Outcome<Bytecode>> {
  return analysed(surroundings, text, options, async ({ session, machine, sources }, source) => {
    const fun = await session.run(machine.compileString(source));
    const found = machine.disassemble(fun, options.instructions);
    const bodies = found.bodies.map(({ position, instructions, ...body }) => ({
      ...body,
      place: sources.place(position),
      instructions: instructions.map(({ position: own, operands, ...instruction }) => ({
        ...instruction,
        operands: [...operands],
        place: sources.place(own),
      })),
    }));
    return { bodies, cut: found.cut, help: { ...opcodeHelp } };
  });
}
