/** `--log-format internal-json`: what Nix tells programs that show progress (libutil/logging.hh, logging.cc), one JSON object a line. */
import type { BuildDisplay, ProgressEvent } from '../core/coordinator/progress.ts';
import { withoutColours } from '../core/errors/ansi.ts';
import { BuildLog } from './build-log.ts';
import type { Output } from './terminal.ts';
import { buildText, copyText, messageText, storeText } from './text.ts';

const activities = { copyPath: 100, realise: 102, copyPaths: 103, builds: 104, build: 105, substitute: 108, postBuildHook: 110 } as const;
const results = { buildLogLine: 101, setPhase: 104, progress: 105, setExpected: 106, postBuildLogLine: 107 } as const;
const levels = { error: 0, warn: 1, info: 3, talkative: 4 } as const;
// Numbers of activities begin where no other process of this machine does.
const idsOfProcess = 2 ** 20;

interface Counts {
  done: number;
  expected: number;
  running: number;
  failed: number;
}

interface Build {
  readonly id: number;
  readonly log: BuildLog;
  hook: number | undefined;
}

interface Copy {
  readonly substitute: number;
  readonly id: number;
  readonly size: number;
}

type Field = string | number;

/** Names ascending, as Nix's library writes them. */
function jsonLine(object: Readonly<Record<string, unknown>>): string {
  const sorted = Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `@nix ${JSON.stringify(sorted)}\n`;
}

/** Text that others log: an error as one message, anything else line by line. */
export function jsonMessages(text: string): string {
  const plain = withoutColours(text);
  if (plain.startsWith('error:')) return jsonLine({ action: 'msg', level: levels.error, msg: text });
  const level = plain.includes('warning:') ? levels.warn : levels.info;
  return text
    .split('\n')
    .map((msg) => jsonLine({ action: 'msg', level, msg }))
    .join('');
}

export class JsonDisplay implements BuildDisplay {
  readonly printsLogs = true;
  readonly #output: Output;
  #nextId = (1 + Math.floor(Math.random() * 2 ** 30)) * idsOfProcess;
  #top: { realise: number; builds: number; copies: number } | undefined;
  readonly #builds = new Map<string, Build>();
  readonly #copies = new Map<string, Copy>();
  readonly #buildCounts: Counts = { done: 0, expected: 0, running: 0, failed: 0 };
  readonly #copyCounts: Counts = { done: 0, expected: 0, running: 0, failed: 0 };
  #narSize = 0;
  #downloadSize = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  event(event: ProgressEvent) {
    if (event.type === 'message') return this.#message(event.level, event.text);
    this.#begin();
    switch (event.type) {
      case 'expected':
        this.#buildCounts.expected += event.builds;
        this.#copyCounts.expected += event.copies;
        this.#narSize += event.narSize;
        this.#downloadSize += event.downloadSize;
        return this.#progress();
      case 'build-started':
        return this.#buildStarted(event.drvPath, event.mode);
      case 'build-log':
        return this.#log(event.drvPath, event.bytes);
      case 'hook-log':
        return this.#hookLog(event.drvPath, event.bytes);
      case 'build-ended':
        return this.#buildEnded(event.drvPath, event.failure);
      case 'copy-started':
        return this.#copyStarted(event);
      case 'copy-progress':
        return this.#copyProgress(event.path, event.bytes);
      case 'copy-ended':
        return this.#copyEnded(event.path, event.failure);
    }
  }

  // ——— what is written ———

  #write(object: Readonly<Record<string, unknown>>) {
    this.#output.write(jsonLine(object));
  }

  #start(type: number, level: number, text: string, fields: readonly Field[] = [], parent = 0): number {
    const id = this.#nextId++;
    this.#write({ action: 'start', id, level, parent, text, type, ...(fields.length > 0 ? { fields } : {}) });
    return id;
  }

  #stop(id: number) {
    this.#write({ action: 'stop', id });
  }

  #result(id: number, type: number, fields: readonly Field[]) {
    this.#write({ action: 'result', id, type, fields });
  }

  #message(level: 'error' | 'warn' | 'info', text: string) {
    const msg = messageText(level, text);
    if (level === 'error') this.#write({ action: 'msg', level: levels.error, msg, raw_msg: text, column: null, file: null, line: null });
    else this.#write({ action: 'msg', level: levels[level], msg });
  }

  #begin() {
    this.#top ??= {
      realise: this.#start(activities.realise, levels.error, ''),
      builds: this.#start(activities.builds, levels.error, ''),
      copies: this.#start(activities.copyPaths, levels.error, ''),
    };
  }

  #progress() {
    const { realise, builds, copies } = this.#top!;
    const fields = ({ done, expected, running, failed }: Counts) => [done, expected, running, failed];
    this.#result(builds, results.progress, fields(this.#buildCounts));
    this.#result(copies, results.progress, fields(this.#copyCounts));
    this.#result(realise, results.setExpected, [101, this.#downloadSize]);
    this.#result(realise, results.setExpected, [activities.copyPath, this.#narSize]);
  }

  // ——— builds ———

  #buildStarted(drvPath: string, mode: 'normal' | 'check' | 'repair') {
    const id = this.#start(activities.build, levels.info, buildText(drvPath, mode), [drvPath, '', 1, 1]);
    this.#builds.set(drvPath, { id, log: new BuildLog(), hook: undefined });
    this.#buildCounts.running++;
    this.#progress();
  }

  #log(drvPath: string, bytes: Uint8Array) {
    const build = this.#builds.get(drvPath);
    if (build) this.#logItems(build, build.log.take(bytes));
  }

  #logItems({ id }: Build, items: ReturnType<BuildLog['take']>) {
    for (const item of items) {
      if ('line' in item) this.#result(id, results.buildLogLine, [item.line]);
      else this.#result(id, results.setPhase, [item.phase]);
    }
  }

  #hookLog(drvPath: string, bytes: Uint8Array) {
    const build = this.#builds.get(drvPath);
    if (!build) return;
    build.hook ??= this.#start(activities.postBuildHook, levels.talkative, 'running post-build-hook', [drvPath], build.id);
    for (const line of new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n'))
      this.#result(build.hook, results.postBuildLogLine, [line]);
  }

  #buildEnded(drvPath: string, failure: string | undefined) {
    const build = this.#builds.get(drvPath);
    if (!build) return;
    this.#logItems(build, build.log.end());
    if (build.hook !== undefined) this.#stop(build.hook);
    this.#builds.delete(drvPath);
    this.#count(this.#buildCounts, failure);
    this.#stop(build.id);
  }

  #count(counts: Counts, failure: string | undefined) {
    counts.running--;
    if (failure === undefined) counts.done++;
    else counts.failed++;
    this.#progress();
  }

  // ——— copies ———

  #copyStarted({ path, from, to, narSize }: Extract<ProgressEvent, { type: 'copy-started' }>) {
    const source = storeText(from);
    const substitute = this.#start(activities.substitute, levels.error, '', [path, source]);
    const id = this.#start(activities.copyPath, levels.info, copyText(path, from), [path, source, storeText(to)], substitute);
    this.#copies.set(path, { substitute, id, size: narSize });
    this.#copyCounts.running++;
    this.#progress();
  }

  #copyProgress(path: string, bytes: number) {
    const copy = this.#copies.get(path);
    if (copy) this.#result(copy.id, results.progress, [bytes, copy.size, 0, 0]);
  }

  #copyEnded(path: string, failure: string | undefined) {
    const copy = this.#copies.get(path);
    if (!copy) return;
    this.#copies.delete(path);
    this.#stop(copy.id);
    this.#stop(copy.substitute);
    this.#count(this.#copyCounts, failure);
  }

  end() {
    if (!this.#top) return;
    for (const id of [this.#top.copies, this.#top.builds, this.#top.realise]) this.#stop(id);
    this.#top = undefined;
  }
}
