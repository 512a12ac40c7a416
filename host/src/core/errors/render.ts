// Errors and warnings as Nix 2.34 lays them out (libutil/error.cc `showErrorInfo`): the same lines, indentation, cutting of traces and
// folding of repeated frames. Colours are always there; `filterEscapes` takes them away where they are not wanted.
import { type NixError, type Position, showPosition, type TraceFrame } from '@vixen/eval-core';
import { ansi, colourMarks, filterEscapes } from './ansi.ts';
import { excerpt } from './excerpt.ts';
import { didYouMean } from './suggestions.ts';

export type Level = 'error' | 'warning' | 'evaluation warning' | 'note' | 'info';

/** The parts of an NixError that are shown; a warning has the same. */
export interface Report {
  marked: string;
  position?: Position | undefined;
  traces?: readonly TraceFrame[];
  suggestions?: NixError['suggestions'];
}

export interface RenderOptions {
  level?: Level;
  showTrace: boolean;
  colour: boolean;
  /** The text of a source file, undefined where it cannot be read. */
  readSource(path: string): string | undefined;
}

// Frames beyond this many are left out without --show-trace; a frame with a position counts twice.
const shownFrames = 3;
// Up to so many repeated frames are printed rather than counted.
const repeatedFrames = 5;

const prefixColour: Record<Level, string> = {
  error: ansi.red,
  note: ansi.red,
  warning: ansi.magenta,
  'evaluation warning': ansi.magenta,
  info: ansi.green,
};

/** Without the white space at the end; a regular expression would look at it once for each character of it. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \n\r\t'.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** All lines of a text, the first behind `first`, the others behind as many spaces as it is wide; an empty last line is dropped. */
function indent(first: string, text: string): string {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const rest = ' '.repeat(filterEscapes(first, true).length);
  return lines.map((line, i) => trimEnd((i === 0 ? first : rest) + line)).join('\n');
}

function positionBlock(margin: string, position: Position | undefined, options: RenderOptions): string {
  if (!position || position.line === 0) return '';
  const lines = excerpt(position, options.readSource);
  return `${margin}${ansi.blue}at ${ansi.magenta}${showPosition(position)}${ansi.normal}:${lines === undefined ? '' : `${lines}\n`}`;
}

const frameKey = ({ message, position }: TraceFrame) => `${position ? showPosition(position) : ''}\0${message}`;

/** The frames of a trace, cut and folded. */
class TracePrinter {
  text = '';
  #count = 0;
  readonly #seen = new Set<string>();
  #skipped: TraceFrame[] = [];
  readonly #options: RenderOptions;

  constructor(options: RenderOptions) {
    this.#options = options;
  }

  /** Whether so much has been shown that the rest is left out. */
  get full(): boolean {
    return !this.#options.showTrace && this.#count > shownFrames;
  }

  add(frame: TraceFrame) {
    const key = frameKey(frame);
    if (this.#seen.has(key)) {
      this.#skipped.push(frame);
      return;
    }
    this.#seen.add(key);
    this.flush();
    this.#count += 1;
    this.#print(frame);
  }

  flush() {
    const skipped = this.#skipped;
    this.#skipped = [];
    if (skipped.length > repeatedFrames) this.text += `\n${ansi.magenta}(${skipped.length} duplicate frames omitted)${ansi.normal}\n`;
    else for (const frame of skipped) this.#print(frame);
  }

  #print({ message, position }: TraceFrame) {
    const block = positionBlock('  ', position, this.#options);
    this.text += `\n… ${colourMarks(message)}\n${block}`;
    if (block !== '') this.#count += 1;
  }
}

function renderTraces(traces: readonly TraceFrame[], options: RenderOptions): string {
  const printer = new TracePrinter(options);
  let cut = false;
  for (const frame of traces) {
    if (frame.message === '') continue;
    cut ||= printer.full;
    if (!cut || frame.always) printer.add(frame);
  }
  printer.flush();
  const hint = "(stack trace truncated; use '--show-trace' to show the full, detailed trace)";
  return cut ? `${printer.text}\n${ansi.magenta}${hint}${ansi.normal}\n` : printer.text;
}

/** An error or a warning as the terminal shows it, without a line end. */
export function renderReport(report: Report, options: RenderOptions): string {
  const { level = 'error', colour } = options;
  const traces = (report.traces ?? []).filter(({ detail }) => !detail || options.showTrace);
  const prefix = `${prefixColour[level]}${level}:${ansi.normal} `;
  let text = '';
  if (traces.length > 0) text += `${renderTraces(traces, options)}\n${prefix}`;
  text += `${colourMarks(report.marked)}\n`;
  text += positionBlock('', report.position, options);
  text += didYouMean(report.suggestions ?? []);
  return filterEscapes(indent(prefix, trimEnd(text)), !colour);
}
