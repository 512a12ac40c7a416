// Descriptions of builtins where the pointer rests.
import type { EditorState } from '@codemirror/state';
import { hoverTooltip } from '@codemirror/view';
import { type Builtin, builtins } from './builtins.ts';
import { builtinDocs } from './docs.ts';
import { styleAt } from './nix-language.ts';

const word = /[a-zA-Z_][\w'-]*/g;

/** The builtin whose name stands at a position, with where it stands. */
export function builtinAt(state: EditorState, position: number): { from: number; to: number; builtin: Builtin } | undefined {
  const line = state.doc.lineAt(position);
  for (const match of line.text.matchAll(word)) {
    const from = line.from + match.index;
    const to = from + match[0].length;
    if (position < from || position > to) continue;
    const builtin = builtins.get(match[0]);
    const style = styleAt(state, to);
    const isSelected = style === 'attribute' && /\bbuiltins\s*\.\s*$/.test(line.text.slice(0, match.index));
    return builtin && (style === 'builtin' || isSelected) ? { from, to, builtin } : undefined;
  }
  return undefined;
}

export const builtinHover = hoverTooltip(({ state }, position) => {
  const found = builtinAt(state, position);
  if (!found) return null;
  return { pos: found.from, end: found.to, above: true, create: () => ({ dom: builtinDocs(found.builtin) }) };
});
