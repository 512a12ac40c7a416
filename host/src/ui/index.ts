/** Displays by the names that `--log-format` takes. */
import type { BuildDisplay } from '../core/coordinator/progress.ts';
import { JsonDisplay } from './internal-json.ts';
import { LiveDisplay } from './live.ts';
import { PlainDisplay } from './plain.ts';
import type { Durations, Output } from './terminal.ts';

export type { Durations, Output } from './terminal.ts';
export { labelled, messageText } from './text.ts';

/** As Nix's; the `multiline` ones are Lix's. */
export const logFormats = ['raw', 'raw-with-logs', 'internal-json', 'bar', 'bar-with-logs', 'multiline', 'multiline-with-logs'] as const;
export type LogFormat = (typeof logFormats)[number];

export const isLogFormat = (text: string): text is LogFormat => (logFormats as readonly string[]).includes(text);

export interface DisplayOptions {
  readonly output: Output;
  readonly format: LogFormat;
  /** Whether builds' logs are printed; `-with-logs` does it, too. */
  readonly logs: boolean;
  /** Nix's: 3 is what is shown without flags. */
  readonly verbosity: number;
  readonly durations?: Durations | undefined;
}

export function openDisplay({ output, format, logs, verbosity, durations }: DisplayOptions): BuildDisplay {
  if (format === 'internal-json') return new JsonDisplay(output);
  const printed = logs || format.endsWith('-with-logs');
  if (format.startsWith('raw')) return new PlainDisplay({ output, verbosity, logs: printed ? 'raw' : 'none' });
  if (output.columns === undefined) return new PlainDisplay({ output, verbosity, logs: printed ? 'named' : 'none' });
  return new LiveDisplay({ output, verbosity, logs: printed, durations });
}
