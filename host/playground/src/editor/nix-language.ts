// Nix for CodeMirror: highlighting, indentation, comments, brackets.
import { StreamLanguage, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { type LexerState, type Style, startState, token, topOf } from './nix-lexer.ts';

// CodeMirror gives some of the bare names another meaning.
const prefix = 'nix-';

const styles: Record<Style, (typeof tags)['string']> = {
  comment: tags.lineComment,
  string: tags.string,
  escape: tags.escape,
  interpolation: tags.special(tags.brace),
  path: tags.special(tags.string),
  uri: tags.url,
  number: tags.integer,
  keyword: tags.keyword,
  constant: tags.bool,
  builtin: tags.standard(tags.variableName),
  attribute: tags.propertyName,
  definition: tags.definition(tags.variableName),
  variable: tags.variableName,
  operator: tags.operator,
  bracket: tags.bracket,
  invalid: tags.invalid,
};

/** The style of what stands before a position; undefined where nothing does. */
export function styleAt(state: EditorState, position: number): Style | undefined {
  const { name } = syntaxTree(state).resolveInner(position, -1);
  return name.startsWith(prefix) ? (name.slice(prefix.length) as Style) : undefined;
}

/** The columns that a line is to be indented by; null where that is the text's own affair. */
export function indentation(state: LexerState, textAfter: string, unit: number): number | null {
  const inside = topOf(state);
  if (!inside) return 0;
  if (inside.kind === '"' || inside.kind === "''" || inside.kind === '/*') return null;
  const isEnd = inside.kind === 'let' ? /^in\b/.test(textAfter) : /^[})\]]/.test(textAfter);
  return isEnd ? inside.indent : inside.indent + unit;
}

export const nixLanguage = StreamLanguage.define<LexerState>({
  name: 'nix',
  startState,
  copyState: (state) => ({ ...state }),
  token: (stream, state) => {
    const style = token(stream, state);
    return style && prefix + style;
  },
  indent: (state, textAfter, { unit }) => indentation(state, textAfter, unit),
  tokenTable: Object.fromEntries(Object.entries(styles).map(([style, tag]) => [prefix + style, tag])),
  languageData: {
    commentTokens: { line: '#', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['(', '[', '{', '"', "''"] },
    indentOnInput: /^\s*(?:[})\]]|in\b)$/,
  },
});
