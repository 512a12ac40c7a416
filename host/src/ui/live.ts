/** The tree on a terminal: what is built and fetched now, since when, how long it took before; counts below. Other lines scroll by above it. */

import type { BuildDisplay, ProgressEvent } from '../core/coordinator/progress.ts';
import { ansi, filterEscapes } from '../core/errors/ansi.ts';
import { renderSize } from '../core/sizes.ts';
import { BuildLog } from './build-log.ts';
import { renderTime } from './figures.ts';
import type { Durations, Output } from './terminal.ts';
import { clean, derivationLabel, messageText } from './text.ts';

export interface LiveOptions {
  readonly output: Output;
  /** Whether lines of logs scroll by, and how. */
  readonly logs: 'none' | 'raw' | 'named';
  readonly verbosity: number;
  readonly durations?: Durations | undefined;
  readonly now?: () => number;
}

interface Build {
  readonly label: string;
  readonly started: number;
  readonly log: BuildLog;
  phase: string;
  lastLine: string;
}

interface Copy {
  readonly label: string;
  readonly started: number;
  readonly size: number;
  bytes: number;
}

const frame = 100;
const defaultRows = 24;
/** Lines of the terminal that are left to what scrolls. */
const margin = 6;

export class LiveDisplay implements BuildDisplay {
  readonly printsLogs: boolean;
  readonly #options: LiveOptions;
  readonly #now: () => number;
  readonly #builds = new Map<string, Build>();
  readonly #copies = new Map<string, Copy>();
  readonly #counts = { built: 0, failed: 0, copied: 0, builds: 0, copies: 0, copiedBytes: 0, narSize: 0 };
  #drawn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.printsLogs = options.logs !== 'none';
  }

  event(event: ProgressEvent) {
    this.#timer ??= this.#tick();
    switch (event.type) {
      case 'expected':
        this.#counts.builds += event.builds;
        this.#counts.copies += event.copies;
        this.#counts.narSize += event.narSize;
        return;
      case 'build-started':
        return this.#buildStarted(event.drvPath);
      case 'build-log':
        return this.#log(event.drvPath, event.bytes);
      case 'build-ended':
        return this.#buildEnded(event.drvPath, event.failure);
      case 'copy-started':
        this.#copies.set(event.path, { label: derivationLabel(event.path), started: this.#now(), size: event.narSize, bytes: 0 });
        return;
      case 'copy-progress':
        return this.#copyProgress(event.path, event.bytes);
      case 'copy-ended':
        return this.#copyEnded(event.path, event.failure);
      case 'hook-log':
        return this.print(new TextDecoder().decode(event.bytes).replace(/\n$/, ''));
      case 'message':
        if (event.level !== 'info' || this.#options.verbosity >= 3) this.print(messageText(event.level, event.text));
    }
  }

  #tick() {
    const timer = setInterval(() => this.draw(), frame);
    // It keeps nobody from ending.
    if (typeof timer === 'object' && 'unref' in timer) timer.unref();
    return timer;
  }

  // ——— what happens ———

  #buildStarted(drvPath: string) {
    this.#builds.set(drvPath, { label: derivationLabel(drvPath), started: this.#now(), log: new BuildLog(), phase: '', lastLine: '' });
  }

  #log(drvPath: string, bytes: Uint8Array) {
    const build = this.#builds.get(drvPath);
    if (build) this.#logItems(build, build.log.take(bytes));
  }

  #logItems(build: Build, items: ReturnType<BuildLog['take']>) {
    for (const item of items) {
      if ('phase' in item) build.phase = item.phase;
      else if (this.printsLogs) this.print(this.#options.logs === 'named' ? `${build.label}> ${item.line}` : item.line);
      else build.lastLine = item.line;
    }
  }

  #buildEnded(drvPath: string, failure: string | undefined) {
    const build = this.#builds.get(drvPath);
    if (!build) return;
    this.#logItems(build, build.log.end());
    this.#builds.delete(drvPath);
    if (failure !== undefined) this.#counts.failed++;
    else {
      this.#counts.built++;
      this.#options.durations?.put(nameWithoutVersion(build.label), (this.#now() - build.started) / 1000);
    }
  }

  #copyProgress(path: string, bytes: number) {
    const copy = this.#copies.get(path);
    if (!copy) return;
    this.#counts.copiedBytes += bytes - copy.bytes;
    copy.bytes = bytes;
  }

  #copyEnded(path: string, failure: string | undefined) {
    if (this.#copies.delete(path) && failure === undefined) this.#counts.copied++;
  }

  // ——— drawing ———

  /** A line that stays. */
  print(text: string) {
    const { output } = this.#options;
    output.write(`${this.#erase()}${clean(text, output.colours)}\n`);
  }

  #erase(): string {
    const lines = this.#drawn;
    this.#drawn = 0;
    return lines === 0 ? '' : `\r\x1b[${lines}A\x1b[J`;
  }

  draw() {
    const { output } = this.#options;
    const columns = Math.max(10, (output.columns?.() ?? 80) - 1);
    const lines = this.lines().map((line) => `${filterEscapes(line, !output.colours, columns)}${output.colours ? ansi.normal : ''}\n`);
    const before = this.#erase();
    this.#drawn = lines.length;
    if (before !== '' || lines.length > 0) output.write(before + lines.join(''));
  }

  /** What is drawn, at full width. */
  lines(): string[] {
    const most = Math.max(1, (this.#options.output.rows?.() ?? defaultRows) - margin);
    const running = [
      ...[...this.#builds.values()].map((build) => this.#buildLine(build)),
      ...[...this.#copies.values()].map((copy) => this.#copyLine(copy)),
    ];
    const shown = running.length > most ? [...running.slice(0, most - 1), `  … and ${running.length - most + 1} more`] : running;
    const counts = this.#countsLine();
    return counts === '' ? shown : [...shown, counts];
  }

  #buildLine({ label, started, phase, lastLine }: Build): string {
    const before = this.#options.durations?.get(nameWithoutVersion(label));
    const time = renderTime((this.#now() - started) / 1000) + (before === undefined ? '' : ` (last time ${renderTime(before)})`);
    const doing = [phase, lastLine].filter((part) => part !== '').join(': ');
    return `${ansi.blue}  ⏵ ${label}${ansi.normal} ${time}${doing === '' ? '' : ` ${doing}`}`;
  }

  #copyLine({ label, started, bytes, size }: Copy): string {
    const seconds = (this.#now() - started) / 1000;
    const rate = seconds > 0 ? `, ${renderSize(bytes / seconds)}/s` : '';
    return `${ansi.cyan}  ↓ ${label}${ansi.normal} ${renderSize(bytes)}/${renderSize(size)}${rate}`;
  }

  #countsLine(): string {
    const { built, failed, copied, builds, copies, copiedBytes, narSize } = this.#counts;
    const parts: string[] = [];
    const waiting = builds - built - failed - this.#builds.size;
    if (builds > 0) parts.push(`${ansi.green}${built} built${ansi.normal}, ${this.#builds.size} running, ${Math.max(0, waiting)} waiting`);
    if (failed > 0) parts.push(`${ansi.red}${failed} failed${ansi.normal}`);
    if (copies > 0) parts.push(`${copied}/${copies} fetched (${renderSize(copiedBytes)}/${renderSize(narSize)})`);
    return parts.join(', ');
  }

  clear() {
    const erased = this.#erase();
    if (erased !== '') this.#options.output.write(erased);
  }

  end() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.clear();
  }
}

/** `hello` of `hello-2.12`: versions come and go (Nix's parseDrvName). */
export const nameWithoutVersion = (label: string): string => /^(.*?)-(?=[^a-zA-Z])/.exec(label)?.[1] || label;
