import { ErrorCode, NixError, type Position } from '@vixen/eval-core';
import { expect, test } from 'vitest';
import { type RenderOptions, renderReport } from './render.ts';

const options: RenderOptions = { showTrace: true, colour: false, readSource: () => undefined };
const source = 'let\n  x = 1;\nin x + y';
const at = (line: number, column: number): Position => ({ line, column, origin: { kind: 'string', source } });
const frame = (message: string, position?: Position, always = false, detail = false) => ({ message, position, always, detail });
const error = (details: ConstructorParameters<typeof NixError>[2], message = 'broken') => new NixError(ErrorCode.Eval, message, details);
const lines = (text: string) => text.split('\n');

test('a message alone', () => {
  expect(renderReport(error({}), options)).toBe('error: broken');
});

test('a message of several lines is indented', () => {
  expect(renderReport(error({}, 'a\nb'), options)).toBe('error: a\n       b');
  expect(renderReport({ marked: 'a\nb' }, { ...options, level: 'evaluation warning' })).toBe(
    'evaluation warning: a\n                    b',
  );
});

test('a position with its source', () => {
  expect(lines(renderReport(error({ position: at(2, 7) }), options))).toEqual([
    'error: broken',
    '       at «string»:2:7:',
    '            1| let',
    '            2|   x = 1;',
    '             |       ^',
    '            3| in x + y',
  ]);
});

test('a file that cannot be read is named only', () => {
  const position: Position = { line: 3, column: 1, origin: { kind: 'path', path: '/x.nix' } };
  expect(renderReport(error({ position }), options)).toBe('error: broken\n       at /x.nix:3:1:');
});

test('lines may end in any of three ways', () => {
  const position: Position = { line: 2, column: 1, origin: { kind: 'string', source: 'a\r\nb\rc' } };
  expect(lines(renderReport(error({ position }), options)).slice(2)).toEqual([
    '            1| a',
    '            2| b',
    '             | ^',
    '            3| c',
  ]);
});

test('a trace, outermost first', () => {
  const traces = [frame('while evaluating one', at(1, 1)), frame('while evaluating two')];
  expect(lines(renderReport(error({ traces }), options))).toEqual([
    'error:',
    '       … while evaluating one',
    '         at «string»:1:1:',
    '            1| let',
    '             | ^',
    '            2|   x = 1;',
    '',
    '       … while evaluating two',
    '',
    '       error: broken',
  ]);
});

test('without --show-trace a trace is cut, but for what addErrorContext says', () => {
  const traces = ['a', 'b', 'c', 'd', 'e', 'f'].map((message) => frame(message, undefined, message === 'f'));
  const text = lines(renderReport(error({ traces }), { ...options, showTrace: false }));
  expect(text.filter((line) => line.includes('…')).map((line) => line.trim())).toEqual(['… a', '… b', '… c', '… d', '… f']);
  expect(text).toContain("       (stack trace truncated; use '--show-trace' to show the full, detailed trace)");
});

test('frames of detail show with --show-trace only', () => {
  const traces = [frame('from call site', undefined, false, true), frame('while doing something')];
  const shown = (showTrace: boolean) => renderReport(error({ traces }), { ...options, showTrace });
  expect(shown(true)).toContain('from call site');
  expect(shown(false)).not.toContain('from call site');
  expect(shown(false)).toContain('… while doing something');
});

test('more than five repeated frames are counted', () => {
  const traces = [...Array.from({ length: 8 }, () => frame('again')), frame('last')];
  const text = lines(renderReport(error({ traces }), options));
  expect(text).toContain('       (7 duplicate frames omitted)');
  expect(text.filter((line) => line.includes('again'))).toHaveLength(1);
});

test('suggestions', () => {
  const suggest = (...texts: string[]) => renderReport(error({ suggestions: texts.map((text) => ({ distance: 1, text })) }), options);
  expect(suggest('b')).toBe('error: broken\n       Did you mean b?');
  expect(suggest('c', 'a', 'b')).toBe('error: broken\n       Did you mean one of a, b or c?');
});

test('colours', () => {
  const text = renderReport(error({ position: at(1, 1) }, "is '\x0ered\x0f'"), { ...options, colour: true });
  expect(lines(text).slice(0, 2)).toEqual([
    "\x1b[31;1merror:\x1b[0m is '\x1b[35;1mred\x1b[0m'",
    '       \x1b[34;1mat \x1b[35;1m«string»:1:1\x1b[0m:',
  ]);
});
