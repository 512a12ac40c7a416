// The editor's looks: colours are the page's variables, so that light and dark are the page's affair.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--text)', fontSize: '0.9rem' },
  // The page draws it, around the gutter too.
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)', padding: '0.5rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--selection)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--match)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--match)', outline: '1px solid var(--faint)' },
  '.cm-tooltip, .cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--border)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-completionInfo': { maxWidth: '28rem', padding: '0.5rem 0.75rem' },
  '.cm-doc': { maxWidth: '32rem', padding: '0.5rem 0.75rem', whiteSpace: 'pre-wrap' },
  '.cm-doc code': { fontFamily: 'var(--mono)' },
  '.cm-panels input, .cm-panels button': { color: 'var(--text)', background: 'var(--surface)', border: '1px solid var(--border)' },
  '.cm-diagnostic': { whiteSpace: 'pre-wrap', fontFamily: 'var(--mono)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--comment)', fontStyle: 'italic' },
  { tag: tags.keyword, color: 'var(--keyword)', fontWeight: '600' },
  { tag: tags.string, color: 'var(--string)' },
  { tag: [tags.escape, tags.special(tags.brace)], color: 'var(--escape)' },
  { tag: [tags.url, tags.special(tags.string)], color: 'var(--path)' },
  { tag: [tags.integer, tags.float, tags.bool, tags.null], color: 'var(--number)' },
  { tag: tags.standard(tags.variableName), color: 'var(--builtin)' },
  { tag: tags.propertyName, color: 'var(--attribute)' },
  { tag: tags.definition(tags.variableName), color: 'var(--attribute)' },
  { tag: tags.invalid, color: 'var(--error)', textDecoration: 'underline' },
]);

export const theme = [look, syntaxHighlighting(colours)];
