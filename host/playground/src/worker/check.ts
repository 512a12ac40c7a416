// Parse errors while the text is being written: a machine of its own, so that the one that evaluates is not disturbed.
import { Evaluator } from '@vixen/eval-core';
import { MemoryIO, Session } from '@vixen/host';
import { WasmHashes } from '@vixen/wasm';
import type { Modules } from '../modules.ts';
import type { Calls, Problem } from '../protocol.ts';
import { workFolder } from './files.ts';
import { problemOf, warningProblem } from './problem.ts';

// Names and code of what was parsed stay in a machine for ever.
const checksPerMachine = 200;

export class Checker {
  readonly #modules: Modules;
  #machine: Evaluator | undefined;
  #checks = 0;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  async check({ path, text }: Calls['check']['params']): Promise<Problem[]> {
    const io = new MemoryIO(new WasmHashes(this.#modules.hashes).createHasher, { files: { [path]: text } });
    const problems: Problem[] = [];
    const session: Session = new Session({
      machine: this.#next(),
      io,
      warn: (warning) => problems.push(warningProblem(warning, (file) => session.sourceOf(file))),
    });
    try {
      await session.parse({ text, base: workFolder, origin: path });
    } catch (error) {
      problems.push(problemOf(error, session, { time: 0, memory: 0 }));
    }
    return problems;
  }

  #next(): Evaluator {
    this.#checks += 1;
    if (this.#checks % checksPerMachine === 0) this.#machine = undefined;
    this.#machine ??= Evaluator.fromModule(this.#modules.evaluator);
    return this.#machine;
  }
}
