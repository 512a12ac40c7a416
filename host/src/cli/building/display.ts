// How builds are shown: by `--log-format`, else as it suits the command and where stderr leads.
import { type BuildDisplay, type ProgressEvent, StoredDurations } from '../../node/building/index.ts';
import { isLogFormat, jsonMessages, type LogFormat, logFormats, type Output, openDisplay } from '../../ui/index.ts';
import { beforeWriting, colourOnStderr, logAs, writeErr, writeTerminal } from '../output.ts';
import { Progress, showsProgress } from '../progress.ts';
import { UsageError } from '../usage.ts';

export interface ShownAs {
  /** `--log-format`; '' for what suits. */
  readonly logFormat: string;
  readonly logs: boolean | undefined;
  readonly verbosity: number;
  /** Whether the command is one of the older ones, which print logs as they are. */
  readonly legacy: boolean;
}

export function openBuildDisplay({ logFormat, logs = false, verbosity, legacy }: ShownAs): BuildDisplay {
  const format = formatOf(logFormat, legacy);
  const terminal = showsProgress() && !format.startsWith('raw') && format !== 'internal-json';
  const durations = terminal ? new StoredDurations(process.env) : undefined;
  const display = openDisplay({ output: terminal ? drawn : plain, format, logs, rawLogs: legacy, verbosity, durations });
  if (format === 'internal-json') logAs(jsonMessages);
  return terminal ? new OnTerminal(display, () => durations?.save()) : display;
}

function formatOf(name: string, legacy: boolean): LogFormat {
  if (name === '') return legacy && !showsProgress() ? 'raw' : 'bar';
  if (isLogFormat(name)) return name;
  throw new UsageError(`invalid log format '\x0e${name}\x0f': one of ${logFormats.join(', ')}`);
}

const plain: Output = { write: writeErr, colours: colourOnStderr() };
const drawn: Output = {
  write: writeTerminal,
  colours: colourOnStderr(),
  columns: () => process.stderr.columns || 80,
  rows: () => process.stderr.rows || 24,
};

/** While something is built, the tree has the terminal for itself; what else is written stands above it. */
class OnTerminal implements BuildDisplay {
  readonly #display: BuildDisplay;
  readonly #save: () => void;
  readonly #active = new Set<string>();

  constructor(display: BuildDisplay, save: () => void) {
    this.#display = display;
    this.#save = save;
  }

  get printsLogs(): boolean {
    return this.#display.printsLogs ?? false;
  }

  event(event: ProgressEvent) {
    if (event.type === 'build-started') this.#start(event.drvPath);
    if (event.type === 'copy-started') this.#start(event.path);
    this.#display.event(event);
    if (event.type === 'build-ended') this.#active.delete(event.drvPath);
    if (event.type === 'copy-ended') this.#active.delete(event.path);
    Progress.paused = this.#active.size > 0;
  }

  #start(what: string) {
    if (this.#active.size === 0) beforeWriting(() => this.#display.clear?.());
    this.#active.add(what);
    Progress.paused = true;
  }

  end() {
    Progress.paused = false;
    this.#display.end();
    beforeWriting(() => {});
    this.#save();
  }
}
