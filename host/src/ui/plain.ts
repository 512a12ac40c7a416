/** Lines, one after the other, as Nix's `raw` format and its bar without a terminal write them. */
import type { BuildDisplay, ProgressEvent } from '../core/coordinator/progress.ts';
import { BuildLog, type LogItem } from './build-log.ts';
import type { Output } from './terminal.ts';
import { buildText, clean, copyText, derivationLabel, messageText } from './text.ts';

export interface PlainOptions {
  readonly output: Output;
  /** Whether builds' logs are printed, and how. */
  readonly logs: 'none' | 'raw' | 'named';
  /** Nix's: 0 errors, 1 warnings, 3 what is done, … */
  readonly verbosity: number;
}

const errorLevel = 0;
const warnLevel = 1;
const infoLevel = 3;

export class PlainDisplay implements BuildDisplay {
  readonly printsLogs: boolean;
  readonly #options: PlainOptions;
  readonly #logs = new Map<string, BuildLog>();

  constructor(options: PlainOptions) {
    this.#options = options;
    this.printsLogs = options.logs !== 'none';
  }

  event(event: ProgressEvent) {
    switch (event.type) {
      case 'build-started':
        this.#logs.set(event.drvPath, new BuildLog());
        return this.#line(infoLevel, `${buildText(event.drvPath, event.mode)}...`);
      case 'build-log':
        return this.#log(event.drvPath, event.bytes);
      case 'hook-log':
        return this.#hookLog(event.bytes);
      case 'build-ended':
        return this.#logEnd(event.drvPath);
      case 'copy-started':
        return this.#line(infoLevel, `${copyText(event.path, event.from)}...`);
      case 'message':
        return this.#line({ error: errorLevel, warn: warnLevel, info: infoLevel }[event.level], messageText(event.level, event.text));
    }
  }

  #line(level: number, text: string) {
    const { output, verbosity } = this.#options;
    if (level <= verbosity) output.write(`${clean(text, output.colours)}\n`);
  }

  #log(drvPath: string, bytes: Uint8Array) {
    if (this.printsLogs) this.#logLines(drvPath, this.#logs.get(drvPath)?.take(bytes));
  }

  #logEnd(drvPath: string) {
    if (this.printsLogs) this.#logLines(drvPath, this.#logs.get(drvPath)?.end());
    this.#logs.delete(drvPath);
  }

  // What comes together is written together: a call for each line of a long log would take longer than the build.
  #logLines(drvPath: string, items: Iterable<LogItem> = []) {
    const prefix = this.#options.logs === 'named' ? `${derivationLabel(drvPath)}> ` : '';
    const lines: string[] = [];
    for (const item of items) if ('line' in item) lines.push(prefix + item.line);
    if (lines.length > 0) this.#line(errorLevel, lines.join('\n'));
  }

  #hookLog(bytes: Uint8Array) {
    const text = new TextDecoder().decode(bytes);
    this.#line(errorLevel, text.endsWith('\n') ? text.slice(0, -1) : text);
  }

  end() {}
}
