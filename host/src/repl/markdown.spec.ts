import { describe, expect, test } from 'vitest';
import { filterEscapes } from '../core/errors/ansi.ts';
import { renderMarkdown } from './markdown.ts';

const plain = (text: string, width = 30) => filterEscapes(renderMarkdown(text, width), true).split('\n');

describe('Markdown on a terminal', () => {
  test('paragraphs are filled', () => {
    const text = 'One two three four five\nsix seven eight nine ten.\n\nAnother one.';
    expect(plain(text)).toEqual(['One two three four five six', 'seven eight nine ten.', '', 'Another one.']);
  });

  test('a backslash keeps a line end', () => expect(plain('Function f\\\n… here')).toEqual(['Function f', '… here']));

  test('a word longer than the line stays whole', () => expect(plain('a abcdefghij b', 5)).toEqual(['a', 'abcdefghij', 'b']));

  test('code stands behind a bar, as it is', () => {
    expect(plain('# Example\n```nix\nf  1\n\n  => 2\n```\nAfter.')).toEqual([
      'Example',
      '',
      '  │ f  1',
      '  │ ',
      '  │   => 2',
      '',
      'After.',
    ]);
  });

  test('a fence that is never closed ends with the text', () => expect(plain('```\nx')).toEqual(['  │ x']));

  test('items', () => {
    expect(plain('- first\n  goes on\n- second with so many words that it has to wrap\n\n1. one', 24)).toEqual([
      '  · first goes on',
      '  · second with so many',
      '    words that it has to',
      '    wrap',
      '',
      '  1. one',
    ]);
  });

  test('marks become colours', () => {
    expect(renderMarkdown('**bold** and `code`', 60)).toBe('\x1b[1mbold\x1b[0m and \x1b[34;1mcode\x1b[0m');
    expect(plain('[text](url) 1\\. *em*')).toEqual(['text (url) 1. em']);
  });
});
