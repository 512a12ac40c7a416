import { writeErr } from './output.ts';

const exitCode = 70;

/** Says that Vixen itself has failed, where, and how to tell. */
export function internalError(error: unknown): number {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && process.env.VIXEN_BACKTRACE ? `\n${error.stack}` : '';
  writeErr(`vixen: internal error: ${text}${stack}\nThis is a bug of Vixen. VIXEN_BACKTRACE=1 shows where it happened.\n`);
  return exitCode;
}
