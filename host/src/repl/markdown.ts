// Markdown on a terminal, as far as documentation comments use it: paragraphs are filled, code stands behind a bar, marks become colours.
import { ansi, filterEscapes } from '../core/errors/ansi.ts';

const bar = '  │ ';

interface Block {
  kind: 'text' | 'code' | 'heading' | 'item';
  lines: string[];
  /** Of an item: what stands before its text. */
  lead?: string;
  /** No empty line stands before it. */
  tight?: boolean;
}

/** Emphasis, code and links of a text without line ends. */
function inline(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, '$1 ($2)')
    .replace(/`([^`]+)`/g, `${ansi.blue}$1${ansi.normal}`)
    .replace(/\*\*([^*]+)\*\*/g, `${ansi.bold}$1${ansi.normal}`)
    .replace(/(^|[\s(])\*([^\s*][^*]*)\*/g, `$1${ansi.bold}$2${ansi.normal}`)
    .replace(/\\([\\`*_{}[\]()#+.!-])/g, '$1');
}

const visibleLength = (text: string) => filterEscapes(text, true).length;

function fill(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    if (line !== '' && visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** The lines of a fenced block, and how many lines of the text it takes. */
function fenced(lines: readonly string[], from: number): { block: Block; taken: number } {
  const [, indent = '', fence = ''] = /^(\s*)(```+|~~~+)/.exec(lines[from]!) ?? [];
  let end = from + 1;
  while (end < lines.length && lines[end]!.trim() !== fence) end += 1;
  const code = lines.slice(from + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
  return { block: { kind: 'code', lines: code }, taken: end + 1 - from };
}

function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i]!;
    if (/^\s*(```|~~~)/.test(line)) {
      const { block, taken } = fenced(lines, i);
      blocks.push(block);
      i += taken - 1;
      open = undefined;
      continue;
    }
    const [, heading] = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
    const [, indent, mark, item] = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(line) ?? [];
    if (line.trim() === '') open = undefined;
    else if (heading !== undefined) {
      blocks.push({ kind: 'heading', lines: [heading] });
      open = undefined;
    } else if (item !== undefined) {
      const lead = `${indent!.length < 4 ? '' : indent}  ${/\d/.test(mark!) ? mark : '·'} `;
      open = { kind: 'item', lines: [item], lead, tight: open?.kind === 'item' };
      blocks.push(open);
    } else if (open) open.lines.push(line.trim());
    else if (/^ {4}/.test(line) && blocks.at(-1)?.kind !== 'item') {
      open = { kind: 'code', lines: [line.slice(4)] };
      blocks.push(open);
    } else {
      open = { kind: 'text', lines: [line] };
      blocks.push(open);
    }
  }
  return blocks;
}

function show({ kind, lines, lead = '' }: Block, width: number): string[] {
  if (kind === 'code') return lines.map((line) => `${bar}${line}`);
  if (kind === 'heading') return [`${ansi.bold}${inline(lines.join(' '))}${ansi.normal}`];
  // A backslash before the line end keeps it.
  const parts = lines.join('\n').split('\\\n');
  const filled = parts.flatMap((part) => fill(inline(part.replaceAll('\n', ' ')), width - lead.length));
  return filled.map((line, i) => (i === 0 ? lead : ' '.repeat(lead.length)) + line);
}

/** The text for a terminal that is `width` columns wide, without a line end. */
export function renderMarkdown(text: string, width: number): string {
  return blocksOf(text)
    .map((block, i) => (i === 0 ? '' : block.tight ? '\n' : '\n\n') + show(block, width).join('\n'))
    .join('');
}
