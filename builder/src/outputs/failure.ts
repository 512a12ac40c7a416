/** Failures of builders in Nix's words (libstore/build/derivation-building-goal.cc). The log's last lines are for whoever shows them. */
import { BuildError } from '../errors.ts';
import type { BuildPlan } from '../plan/plan.ts';
import { endOfProcess } from '../process-end.ts';
import { missingOutput } from './take.ts';

/** The builder's error, with the derivation in its message. */
export function placedFailure(error: unknown, drvPath: string, plan: BuildPlan): unknown {
  if (!(error instanceof BuildError)) return error;
  const { derivation, request } = plan;
  const missing = missingIn(error, plan);
  if (missing) return missingOutput(drvPath, ...missing);
  const message = messageOf(error, drvPath, request.limits);
  if (message === undefined) return error;
  const paths = [...derivation.outputs.values()].flatMap((output) => ('path' in output ? [output.path] : [])).sort();
  const outputs = paths.length > 0 ? `\nOutput paths:${paths.map((path) => `\n  ${path}`).join('')}` : '';
  const { exitCode, signal } = error;
  const ended = { ...(exitCode === undefined ? {} : { exitCode }), ...(signal === undefined ? {} : { signal }) };
  return new BuildError(error.code, error.code === 'failed' ? `${message}${outputs}` : message, { cause: error, ...ended });
}

/** The output that the builder has not made, where that is what it says. */
function missingIn({ code, message }: BuildError, { scratch }: BuildPlan): [name: string, scratch: string] | undefined {
  if (code !== 'output' || !message.includes('failed to produce output path')) return undefined;
  return [...scratch].find(([, place]) => message.includes(`'${place}'`));
}

function messageOf(error: BuildError, drvPath: string, limits: BuildPlan['request']['limits']): string | undefined {
  switch (error.code) {
    case 'failed':
      return `Cannot build '${drvPath}'.\nReason: builder ${statusText(error)}.`;
    case 'timed-out':
      return `timed out after ${limits.time} seconds`;
    case 'silent':
      // Nix does not say that it was silence; that is worth knowing.
      return `timed out after ${limits.silence} seconds of silence`;
    case 'log-limit':
      return `${drvPath} killed after writing more than ${limits.log} bytes of log output`;
    default:
      return undefined;
  }
}

/** How it ended; a builder that never ran as a process says it in its message. */
const statusText = ({ exitCode, signal, message }: BuildError): string =>
  exitCode === undefined && signal === undefined ? `failed: ${message}` : endOfProcess({ exitCode, signal });
