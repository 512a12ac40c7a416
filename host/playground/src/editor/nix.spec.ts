import { CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { ensureSyntaxTree, getIndentation } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { nixCompletion } from './completion.ts';
import { builtinAt } from './hover.ts';
import { nixLanguage } from './nix-language.ts';

/** A state for a text in which `|` is the cursor. */
function stateOf(marked: string): { state: EditorState; cursor: number } {
  const cursor = marked.indexOf('|');
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [nixLanguage] });
  ensureSyntaxTree(state, state.doc.length, 1000);
  return { state, cursor };
}

describe('descriptions', () => {
  const at = (marked: string) => {
    const { state, cursor } = stateOf(marked);
    return builtinAt(state, cursor)?.builtin.name;
  };
  test.each([
    ['builtins.attr|Names { }', 'attrNames'],
    ['ma|p f', 'map'],
    ['"${ma|p}"', 'map'],
  ])('%s', (marked, name) => expect(at(marked)).toBe(name));
  test.each(['a.attr|Names', '"ma|p"', '# ma|p', 'attrNa|mes', 'ma|p = 1', '|'])('%s has none', (marked) =>
    expect(at(marked)).toBeUndefined(),
  );
});

describe('completion', () => {
  const members = async (path: readonly string[]) => (path.length === 0 ? ['strings', 'mkIf'] : path[0] === 'strings' ? ['toUpper'] : []);
  const labels = async (marked: string, explicit = false) => {
    const { state, cursor } = stateOf(marked);
    const result = (await nixCompletion(members)(new CompletionContext(state, cursor, explicit))) as CompletionResult | null;
    return result?.options.map(({ label }) => label);
  };
  test('builtins behind builtins.', async () => {
    expect(await labels('builtins.a|')).toEqual(expect.arrayContaining(['attrNames', 'all']));
    expect(await labels('builtins.|')).not.toContain('let');
  });
  test('names of the file, builtins in scope, keywords', async () => {
    const found = await labels('let some = 1; other = { inner = 2; }; in s|');
    expect(found).toEqual(expect.arrayContaining(['some', 'other', 'inner', 'map', 'inherit', 'builtins']));
    expect(found).not.toContain('s');
    expect(found).not.toContain('attrNames');
  });
  test('what is in lib', async () => {
    expect(await labels('lib.|')).toEqual(['strings', 'mkIf']);
    expect(await labels('pkgs.lib.strings.to|')).toEqual(['toUpper']);
  });
  test('nothing in texts and comments, nothing unasked between words', async () => {
    expect(await labels('"so|"')).toBeUndefined();
    expect(await labels('# so|')).toBeUndefined();
    expect(await labels('1 |')).toBeUndefined();
    expect(await labels('1 |', true)).toContain('map');
    expect(await labels('"${so|}"')).toContain('map');
  });
});

describe('indentation', () => {
  test.each([
    ['{\n|', 2],
    ['{\n  a = [\n|', 4],
    ['{\n  a = ({\n|', 4],
    ['{\n  a = 1;\n|}', 0],
    ['let\n|', 2],
    ['let\n  a = 1;\n|in a', 0],
    ['let a = 1; in\n|a', 0],
    ['f {\n  x = "${\n|', 4],
  ])('%j', (marked, columns) => {
    const { state, cursor } = stateOf(marked);
    expect(getIndentation(state, cursor)).toBe(columns);
  });
  test('of texts is their own affair', () => {
    const { state, cursor } = stateOf("''\n|a\n''");
    expect(getIndentation(state, cursor)).toBeNull();
  });
});
