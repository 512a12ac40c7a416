// Nix's lexical grammar for highlighting: a token at a time, line by line, with what is open on a stack. The rules are those of Nix's own lexer
// (libexpr/lexer.l): the longest match wins, so `a/b` is a path and `x:x` a URI.
import type { StringStream } from '@codemirror/language';
import { globalNames } from './builtins.ts';

/** What can be open: brackets, `let`, an interpolation, texts. */
type Kind = '{' | '(' | '[' | 'let' | '${' | '"' | "''" | '/*' | 'path';

interface Open {
  kind: Kind;
  /** Columns that the line is indented by on which it was opened. */
  indent: number;
}

export interface LexerState {
  stack: readonly Open[];
  /** The token before is a dot: what follows names an attribute. */
  afterDot: boolean;
}

export type Style =
  | 'comment'
  | 'string'
  | 'escape'
  | 'interpolation'
  | 'path'
  | 'uri'
  | 'number'
  | 'keyword'
  | 'constant'
  | 'builtin'
  | 'attribute'
  | 'definition'
  | 'variable'
  | 'operator'
  | 'bracket'
  | 'invalid';

export const startState = (): LexerState => ({ stack: [], afterDot: false });

export const topOf = ({ stack }: LexerState): Open | undefined => stack.at(-1);

const open = (state: LexerState, stream: StringStream, kind: Kind) => {
  state.stack = [...state.stack, { kind, indent: stream.indentation() }];
};
const close = (state: LexerState) => {
  state.stack = state.stack.slice(0, -1);
};

/** The next token of the line; null for white space. */
export function token(stream: StringStream, state: LexerState): Style | null {
  const inside = topOf(state)?.kind;
  if (inside === '/*') return comment(stream, state);
  if (inside === '"') return string(stream, state);
  if (inside === "''") return indented(stream, state);
  if (inside === 'path') {
    const found = path(stream, state);
    if (found) return found;
  }
  if (stream.eatSpace()) return null;
  const style = code(stream, state);
  state.afterDot = style === 'operator' && stream.current() === '.';
  return style;
}

function comment(stream: StringStream, state: LexerState): Style {
  if (stream.skipTo('*/')) {
    stream.match('*/');
    close(state);
  } else stream.skipToEnd();
  return 'comment';
}

/** `${` inside of a text or a path. */
function interpolation(stream: StringStream, state: LexerState): Style {
  stream.match('${');
  open(state, stream, '${');
  return 'interpolation';
}

// Texts up to what is special in them. A dollar takes what follows it along, so that `$${` is no interpolation.
const stringText = /^(?:[^$"\\]|\$(?!\{)[^"\\]?)+/;
const indentedText = /^(?:[^$']|\$(?!\{)[^']?|'(?!'))+/;

function string(stream: StringStream, state: LexerState): Style {
  if (stream.match('"')) {
    close(state);
    return 'string';
  }
  if (stream.match(/^\\.?/)) return 'escape';
  if (stream.match('${', false)) return interpolation(stream, state);
  if (!stream.match(stringText)) stream.next();
  return 'string';
}

function indented(stream: StringStream, state: LexerState): Style {
  if (stream.match(/^''(?:\$|'|\\.?)/)) return 'escape';
  if (stream.match("''")) {
    close(state);
    return 'string';
  }
  if (stream.match('${', false)) return interpolation(stream, state);
  if (!stream.match(indentedText)) stream.next();
  return 'string';
}

/** What goes on behind an interpolation in a path; undefined where the path has ended. */
function path(stream: StringStream, state: LexerState): Style | undefined {
  if (stream.match('${', false)) return interpolation(stream, state);
  if (stream.match(/^[\w.+/-]+/)) return 'path';
  close(state);
  return undefined;
}

// In the order in which they win where they match the same length.
const rules: [Style, RegExp][] = [
  ['variable', /^[a-zA-Z_][\w'-]*/],
  ['number', /^\d+/],
  ['number', /^(?:[1-9]\d*\.\d*|0?\.\d+)(?:[Ee][+-]?\d+)?/],
  ['path', /^(?:[\w.+-]*|~)(?:\/[\w.+-]+)+\/?/],
  ['path', /^(?:[\w.+-]*|~)(?:\/[\w.+-]+)*\/(?=\$\{)/],
  ['path', /^<[\w.+-]+(?:\/[\w.+-]+)*>/],
  ['uri', /^[a-zA-Z][a-zA-Z0-9+.-]*:[\w%/?:@&=+$,.!~*'-]+/],
];

const operators = /^(?:\.\.\.|\+\+|\/\/|->|==|!=|<=|>=|&&|\|\||\|>|<\||[-+*/<>!?.,;:=@])/;

function code(stream: StringStream, state: LexerState): Style {
  if (stream.match('#')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match('/*')) {
    open(state, stream, '/*');
    return comment(stream, state);
  }
  if (stream.match('"')) return text(stream, state, '"');
  if (stream.match("''")) return text(stream, state, "''");
  return longest(stream, state) ?? symbol(stream, state);
}

function text(stream: StringStream, state: LexerState, kind: '"' | "''"): Style {
  open(state, stream, kind);
  return 'string';
}

function longest(stream: StringStream, state: LexerState): Style | undefined {
  let best = 0;
  let found: Style | undefined;
  for (const [style, rule] of rules) {
    const match = stream.match(rule, false);
    const length = match && match !== true ? match[0].length : 0;
    if (length > best) [best, found] = [length, style];
  }
  if (!found) return undefined;
  stream.pos += best;
  if (found === 'path' && stream.match('${', false)) open(state, stream, 'path');
  return found === 'variable' ? word(stream, state) : found;
}

const keywords = new Set(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']);
const constants = new Set(['true', 'false', 'null']);
// What stands behind a name that is defined here: `=`, or what makes it a parameter.
const defines = /^\s*(?:=(?!=)|:(?!:)|@)/;

function word(stream: StringStream, state: LexerState): Style {
  const name = stream.current();
  if (state.afterDot) return name === 'or' ? 'keyword' : stream.match(/^\s*=(?!=)/, false) ? 'definition' : 'attribute';
  if (keywords.has(name)) return keyword(name, stream, state);
  if (stream.match(defines, false)) return 'definition';
  if (constants.has(name)) return 'constant';
  return globalNames.has(name) ? 'builtin' : 'variable';
}

function keyword(name: string, stream: StringStream, state: LexerState): Style {
  if (name === 'let' && !stream.match(/^\s*\{/, false)) open(state, stream, 'let');
  if (name === 'in' && topOf(state)?.kind === 'let') close(state);
  return 'keyword';
}

const closers: Record<string, Kind> = { '}': '{', ')': '(', ']': '[' };

function symbol(stream: StringStream, state: LexerState): Style {
  if (stream.match('${')) {
    open(state, stream, '${');
    return 'interpolation';
  }
  const bracket = stream.match(/^[{([]/);
  if (bracket && bracket !== true) {
    open(state, stream, bracket[0] as Kind);
    return 'bracket';
  }
  const closer = stream.match(/^[})\]]/);
  if (closer && closer !== true) return closing(closer[0], state);
  if (stream.match(operators)) return 'operator';
  stream.next();
  return 'invalid';
}

/** A `let` without `in` does not hide the bracket around it. */
function closing(closer: string, state: LexerState): Style {
  while (topOf(state)?.kind === 'let') close(state);
  const inside = topOf(state)?.kind;
  if (inside === '${' && closer === '}') {
    close(state);
    return 'interpolation';
  }
  if (inside !== closers[closer]) return 'invalid';
  close(state);
  return 'bracket';
}
