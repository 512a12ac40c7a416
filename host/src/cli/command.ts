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
  let succeeded = false;
  try {
    command = create();
    command.parse(args);
    await command.run();
    await command.evaluation?.store.flush();
    succeeded = true;
    return command.exitCode ?? 0;
  } catch (error) {
    if (error instanceof Error && error.name === 'DebuggerQuit') return 0;
    const showTrace = command?.shared.config.settings.bool('show-trace') ?? false;
    return reportFailure(error, { program, showTrace, session: command?.evaluation?.session });
  } finally {
    command?.evaluation?.finish();
    await command?.evaluation?.building.close();
    await command?.evaluation?.store.close();
    if (succeeded) command?.end?.();
  }
}
