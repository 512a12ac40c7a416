// What commands that evaluate have in common.
import type { EvalFlags } from './eval-flags.ts';
import type { Evaluation } from './evaluation.ts';
import { reportFailure } from './report.ts';

export interface Command {
  readonly shared: EvalFlags;
  /** Set as soon as there is a session: errors are shown with its sources. */
  readonly evaluation: Evaluation | undefined;
  /** What the command ends with where it succeeds; 0. */
  readonly exitCode?: number;
  parse(args: string[]): void;
  run(): Promise<void>;
  /** After it has succeeded, and all is closed. */
  end?(): void;
}

/** Runs a command; gives its exit code. */
export async function runCommand(program: string, create: () => Command, args: string[]): Promise<number> {
  let command: Command | undefined;
  let code: number | undefined;
  try {
    command = create();
    command.parse(args);
    await command.run();
    await command.evaluation?.store.flush();
  } catch (error) {
    code = failed(program, command, error);
  }
  try {
    await close(command);
  } catch (error) {
    // What broke the work may break its end, too: it has been told.
    code ??= failed(program, command, error);
  }
  if (code !== undefined) return code;
  command?.end?.();
  return command?.exitCode ?? 0;
}

function failed(program: string, command: Command | undefined, error: unknown): number {
  if (error instanceof Error && error.name === 'DebuggerQuit') return 0;
  const showTrace = command?.shared.config.settings.bool('show-trace') ?? false;
  return reportFailure(error, { program, showTrace, session: command?.evaluation?.session });
}

async function close(command: Command | undefined): Promise<void> {
  const { evaluation } = command ?? {};
  evaluation?.finish();
  try {
    await evaluation?.building.close();
  } finally {
    await evaluation?.store.close();
  }
}
