// How a command ends: its errors on stderr as Nix shows them, and the exit code.
import { AbortedError, ErrorCode, NixError } from '@vixen/eval-core';
import { StoreError } from '@vixen/store';
import { CodedError } from '@vixen/wasm';
import { ConfigError } from '../core/config/settings.ts';
import { BuildFailure } from '../core/coordinator/failure.ts';
import { colourMarks } from '../core/errors/ansi.ts';
import { renderReport } from '../core/errors/render.ts';
import { FileError } from '../core/files/tree.ts';
import { HostError } from '../core/io.ts';
import type { Session } from '../core/session.ts';
import { isSystemError, systemErrorSentence } from '../node/system-error.ts';
import { colourOnStderr, log, logRendered } from './output.ts';
import { UsageError } from './usage.ts';

const failed = 1;

/** Errors with a message for the user, as the evaluator's errors; undefined for bugs of ours. */
function asNixError(error: unknown): NixError | undefined {
  if (error instanceof NixError) return error;
  if (error instanceof HostError) {
    const traces = error.traces.map((message) => ({ message, position: undefined, always: false }));
    return new NixError(error.code, error.message, { traces, status: error.status ?? failed, cause: error });
  }
  if (error instanceof BuildFailure) return new NixError(ErrorCode.Plain, error.message, { status: error.status, cause: error });
  if (error instanceof FileError) return new NixError(ErrorCode.Io, error.message, { cause: error });
  if (error instanceof StoreError || error instanceof CodedError || isBuildError(error))
    return new NixError(ErrorCode.Plain, marked(error.message), { cause: error });
  if (isInterrupt(error)) return new NixError(ErrorCode.Plain, 'interrupted by the user', { cause: error });
  if (isSystemError(error)) return new NixError(ErrorCode.Io, systemErrorSentence(error), { cause: error });
  return undefined;
}

/** What stands in quotes is shown in colour. */
const marked = (message: string) => message.replace(/'([^']*)'/g, "'\x0e$1\x0f'");

/** By name: the builder is not loaded for those who build nothing. */
const isBuildError = (error: unknown): error is Error => error instanceof Error && error.name === 'BuildError';

/** What an aborted signal throws where it was given no reason. */
const isInterrupt = (error: unknown) => error instanceof Error && error.name === 'AbortError';

export interface ReportContext {
  program: string;
  showTrace: boolean;
  session?: Session | undefined;
  /** A usage error in what was typed is not one of the command line. */
  interactive?: boolean;
}

const pointToHelp = (program: string) => log(colourMarks(`Try '${program} --help' for more information.`));

/** Says what went wrong, and gives the exit code. */
export function reportFailure(error: unknown, { program, showTrace, session, interactive }: ReportContext): number {
  const colour = colourOnStderr();
  const options = { showTrace, colour, readSource: () => undefined };
  if (error instanceof UsageError || error instanceof ConfigError) {
    logRendered(`${renderReport({ marked: error.message }, options)}\n`);
    pointToHelp(program);
    return failed;
  }
  if (error instanceof AbortedError) {
    logRendered(`${renderReport({ marked: error.message }, options)}\n`);
    return failed;
  }
  const known = asNixError(error);
  if (!known) throw error;
  const text = session ? session.render(known, options) : renderReport(known, options);
  logRendered(`${text}\n`);
  if (known.code === ErrorCode.Usage && !interactive) pointToHelp(program);
  return known.status;
}
