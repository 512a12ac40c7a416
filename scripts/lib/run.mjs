// Child processes, for scripts that have to work before anything is installed.
import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/** A step that ended badly; the bootstrap ends with its exit code and without a stack trace. */
export class StepFailed extends Error {
  constructor(step, code, options) {
    super(`${step} failed with exit code ${code}`, options);
    this.name = 'StepFailed';
    this.code = code;
  }
}

/** Runs a program with the terminal handed through, and returns its exit code. */
export function runStatus(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw new StepFailed(program, 127, { cause: result.error });
  return result.status ?? 128;
}

/** Runs a program with the terminal handed through; a failure is a StepFailed. */
export function run(program, args, options = {}) {
  const code = runStatus(program, args, options);
  if (code !== 0) throw new StepFailed(`${program} ${args[0] ?? ''}`.trim(), code);
}

/** Runs a Node script in a process of its own; a failure is a StepFailed. */
export const runNode = (args, options) => run(process.execPath, args, options);

/** What a program prints; its messages go to ours. A failure is a StepFailed. */
export function outputOf(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', ...options });
  if (result.error) throw new StepFailed(program, 127, { cause: result.error });
  if (result.status !== 0) throw new StepFailed(`${program} ${args[0] ?? ''}`.trim(), result.status ?? 128);
  return result.stdout;
}
