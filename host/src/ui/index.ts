/** Displays by the names that `--log-format` takes. */
import type { BuildDisplay } from '../core/coordinator/progress.ts';
import { JsonDisplay } from './internal-json.ts';
import { LiveDisplay } from './live.ts';
import { PlainDisplay } from './plain.ts';
import type { Durations, Output } from './terminal.ts';

export { jsonMessages } from './internal-json.ts';
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
  /** Without the builds' names before them, as the commands of old print them. */
  readonly rawLogs?: boolean;
  /** Nix's: 3 is what is shown without flags. */
  readonly verbosity: number;
  readonly durations?: Durations | undefined;
}

export function openDisplay({ output, format, logs, rawLogs, verbosity, durations }: DisplayOptions): BuildDisplay {
  if (format === 'internal-json') return new JsonDisplay(output);
  const printed = logs || format.endsWith('-with-logs');
  const how = rawLogs || format.startsWith('raw') ? 'raw' : 'named';
  const shown = { output, verbosity, logs: printed ? how : 'none' } as const;
  const isPlain = format.startsWith('raw') || output.columns === undefined;
  return isPlain ? new PlainDisplay(shown) : new LiveDisplay({ ...shown, durations });
}
