import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LexerState, startState } from './nix-lexer.ts';
import { tokensOf } from './tokens.ts';

/** `style:text` of each token. */
const shown = (text: string) => tokensOf(text).map((token) => `${token.style}:${token.text}`);
const styled = (text: string, style: string) =>
  tokensOf(text)
    .filter((token) => token.style === style)
    .map((token) => token.text);

describe('tokens', () => {
  test.each([
    ['a/b', ['path:a/b']],
    ['1/2', ['path:1/2']],
    ['1 / 2', ['number:1', 'operator:/', 'number:2']],
    ['./a/b.nix', ['path:./a/b.nix']],
    ['~/x', ['path:~/x']],
    ['<nixpkgs/lib>', ['path:<nixpkgs/lib>']],
    ['a<b', ['variable:a', 'operator:<', 'variable:b']],
    ['x:x', ['uri:x:x']],
    ['x: x', ['definition:x', 'operator::', 'variable:x']],
    ['https://a.b/c?d=e', ['uri:https://a.b/c?d=e']],
    ["a'b-c_1", ["variable:a'b-c_1"]],
    ['1.5e-3', ['number:1.5e-3']],
    ['a//b', ['variable:a', 'operator://', 'variable:b']],
    ['a.b', ['variable:a', 'operator:.', 'attribute:b']],
    ['a.b or c', ['variable:a', 'operator:.', 'attribute:b', 'keyword:or', 'variable:c']],
    ['a.b = 1;', ['variable:a', 'operator:.', 'definition:b', 'operator:=', 'number:1', 'operator:;']],
    ['a == b', ['variable:a', 'operator:==', 'variable:b']],
    ['map true null', ['builtin:map', 'constant:true', 'constant:null']],
    ['a@{ ... }: a', ['definition:a', 'operator:@', 'bracket:{', 'operator:...', 'bracket:}', 'operator::', 'variable:a']],
    ['# a "b', ['comment:# a "b']],
    ['a /* b\nc */ d', ['variable:a', 'comment:/* b', 'comment:c */', 'variable:d']],
    ['1 ^ 2', ['number:1', 'invalid:^', 'number:2']],
    ['{ ) }', ['bracket:{', 'invalid:)', 'bracket:}']],
  ])('%s', (text, expected) => expect(shown(text)).toEqual(expected));

  test('strings: escapes and interpolation', () => {
    expect(shown('"a${b}c\\n\\${d}$${e}"')).toEqual([
      'string:"',
      'string:a',
      'interpolation:${',
      'variable:b',
      'interpolation:}',
      'string:c',
      'escape:\\n',
      'escape:\\$',
      'string:{d}$${e}',
      'string:"',
    ]);
  });

  test('a dollar at the end of a string does not take the quote', () => {
    expect(shown('"a$" b')).toEqual(['string:"', 'string:a$', 'string:"', 'variable:b']);
    expect(shown("''a$'' b")).toEqual(["string:''", 'string:a$', "string:''", 'variable:b']);
  });

  test('strings over several lines, sets inside of interpolation', () => {
    expect(styled('"a\nb ${ { c = "d"; }.c } e\n" f', 'variable')).toEqual(['f']);
  });

  test("indented strings: '' escapes", () => {
    expect(shown("''a ''${b} ''' ''\\n ${c} $${d} '' e")).toEqual([
      "string:''",
      'string:a ',
      "escape:''$",
      'string:{b} ',
      "escape:'''",
      'string: ',
      "escape:''\\n",
      'string: ',
      'interpolation:${',
      'variable:c',
      'interpolation:}',
      'string: $${d} ',
      "string:''",
      'variable:e',
    ]);
    expect(shown("''it's'' a")).toEqual(["string:''", "string:it's", "string:''", 'variable:a']);
  });

  test('paths with interpolation', () => {
    expect(shown('./a/${b}/c.nix d')).toEqual([
      'path:./a/',
      'interpolation:${',
      'variable:b',
      'interpolation:}',
      'path:/c.nix',
      'variable:d',
    ]);
    expect(shown('./a${b} c')).toEqual(['path:./a', 'interpolation:${', 'variable:b', 'interpolation:}', 'variable:c'].filter(Boolean));
  });

  test('attributes with interpolated names', () => {
    expect(shown('{ ${a} = 1; }')[1]).toBe('interpolation:${');
    expect(styled('{ ${a} = 1; }', 'bracket')).toEqual(['{', '}']);
  });

  test('a let without in does not hide the bracket around it', () => {
    expect(styled('{ a = let b = 1; }', 'bracket')).toEqual(['{', '}']);
  });

  test('every text ends, and its tokens are all of it but white space', () => {
    const piece = fc.constantFrom(
      '"',
      "''",
      '${',
      '}',
      '{',
      '\\',
      '$',
      "'",
      'a',
      '/',
      './',
      ' ',
      '\n',
      '#',
      '/*',
      '*/',
      ':',
      '1',
      '.',
      'let ',
      'in ',
      'ü',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        const tokens = tokensOf(text);
        let end = 0;
        for (const { text: token, from } of tokens) {
          expect(text.slice(end, from).trim()).toBe('');
          expect(text.slice(from, from + token.length)).toBe(token);
          end = from + token.length;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });
});

const top = fileURLToPath(new URL('../../../..', import.meta.url));

/** Programs that Nix accepts: the language tests that have a value, the examples. */
function programs(): string[] {
  const below = (folder: string) =>
    fs.readdirSync(path.join(top, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(top, folder, name));
  const files = ['eval-core/tests', 'host/playground/examples'].flatMap(below);
  return files.filter((file) => /\.nix$/.test(file) && !/[/]fail-|[/]tree[/]/.test(file) && fs.statSync(file).isFile());
}

test('in programs that Nix accepts nothing is invalid, and nothing stays open', () => {
  const files = programs();
  expect(files.length).toBeGreaterThan(200);
  for (const file of files) {
    const state: LexerState = startState();
    const found = tokensOf(fs.readFileSync(file, 'utf8'), state);
    expect(found.filter(({ style }) => style === 'invalid').map(({ text }) => `${file}: ${text}`)).toEqual([]);
    expect(state.stack, file).toEqual([]);
  }
});
