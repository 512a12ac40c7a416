import { expect, test } from 'vitest';
import type { ProgressEvent } from '../core/coordinator/progress.ts';
import { withoutColours } from '../core/errors/ansi.ts';
import { BuildLog } from './build-log.ts';
import { type DisplayOptions, openDisplay } from './index.ts';
import { LiveDisplay, nameWithoutVersion } from './live.ts';

const drv = '/nix/store/d95xp2h0wisi6cmij9ignxg6v4ax3ky0-bad-1.0.drv';
const path = '/nix/store/7b7mh45xd1qsc5qmpyqwz81475rmw7ij-lib';
const bytes = (text: string) => Buffer.from(text);

const story: readonly ProgressEvent[] = [
  { type: 'expected', builds: 1, copies: 1, downloadSize: 10, narSize: 2048 },
  { type: 'copy-started', path, from: 'https://cache.nixos.org/', to: 'embedded:', narSize: 2048 },
  { type: 'copy-progress', path, bytes: 1024 },
  { type: 'copy-ended', path },
  { type: 'build-started', drvPath: drv, mode: 'normal' },
  { type: 'build-log', drvPath: drv, bytes: bytes('@nix {"action":"setPhase","phase":"buildPhase"}\non') },
  { type: 'build-log', drvPath: drv, bytes: bytes('e\n\x1b[2Jt\rtwo\nlast') },
  { type: 'build-ended', drvPath: drv, failure: 'x' },
  { type: 'message', level: 'error', text: "Cannot build 'x'.\nReason: y." },
];

function shown(options: Partial<DisplayOptions>, events = story): string {
  let text = '';
  const output = { write: (part: string) => (text += part), colours: false };
  const display = openDisplay({ output, format: 'bar', logs: false, verbosity: 3, ...options });
  for (const event of events) display.event(event);
  display.end();
  return text;
}

const error = "error: Cannot build 'x'.\n       Reason: y.\n";
const head = `copying path '${path}' from 'https://cache.nixos.org'...\nbuilding '${drv}'...\n`;

test('plain lines, without logs, with them, and with names before them', () => {
  expect(shown({})).toBe(`${head}${error}`);
  expect(shown({ format: 'raw', logs: true })).toBe(`${head}one\ntwo\nlast\n${error}`);
  expect(shown({ format: 'bar-with-logs' })).toBe(`${head}bad-1.0> one\nbad-1.0> two\nbad-1.0> last\n${error}`);
  expect(shown({ verbosity: 0 })).toBe(error);
});

test('internal-json says what Nix says', () => {
  const lines = shown({ format: 'internal-json' })
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.replace(/^@nix /, '')) as Record<string, unknown>);
  const starts = lines.filter(({ action }) => action === 'start');
  expect(starts.map(({ type, level, text, fields }) => [type, level, text, fields])).toEqual([
    [102, 0, '', undefined],
    [104, 0, '', undefined],
    [103, 0, '', undefined],
    [108, 0, '', [path, 'https://cache.nixos.org']],
    [100, 3, `copying path '${path}' from 'https://cache.nixos.org'`, [path, 'https://cache.nixos.org', 'embedded:']],
    [105, 3, `building '${drv}'`, [drv, '', 1, 1]],
  ]);
  const build = starts.at(-1)!.id;
  expect(lines.flatMap(({ action, id, type, fields }) => (action === 'result' && id === build ? [[type, fields]] : []))).toEqual([
    [104, ['buildPhase']],
    [101, ['one']],
    [101, ['two']],
    [101, ['last']],
  ]);
  expect(lines.filter(({ action }) => action === 'stop').length).toBe(starts.length);
  expect(lines.find(({ action }) => action === 'msg')).toMatchObject({ level: 0, raw_msg: "Cannot build 'x'.\nReason: y." });
  expect(lines).toContainEqual({ action: 'result', id: starts[1]!.id, type: 105, fields: [0, 1, 0, 1] });
});

test('the live tree: what runs, how long it took before, counts; it fits into the terminal', () => {
  let text = '';
  let now = 0;
  const output = { write: (part: string) => (text += part), colours: false, columns: () => 40 };
  const display = new LiveDisplay({
    output,
    logs: 'none',
    verbosity: 3,
    now: () => now,
    durations: { get: (name) => (name === 'bad' ? 61 : undefined), put: () => {} },
  });
  for (const event of story.slice(0, 7)) display.event(event);
  now = 5000;
  expect(display.lines().map(withoutColours)).toEqual([
    '  ⏵ bad-1.0 5s (last time 1m01s) buildPhase: two',
    '0 built, 1 running, 0 waiting, 1/1 fetched (1.0 KiB/2.0 KiB)',
  ]);
  display.draw();
  for (const line of text.split('\n')) expect(line.length).toBeLessThan(40);
  text = '';
  display.draw();
  expect(text.startsWith('\r\x1b[2A\x1b[J')).toBe(true);
  display.event(story[7]!);
  display.event(story[8]!);
  display.end();
  expect(text).toContain(error);
});

test.each([
  ['hello-2.12', 'hello'],
  ['a-b-1.0-rc1', 'a-b'],
  ['plain', 'plain'],
])('%s is %s', (label, name) => expect(nameWithoutVersion(label)).toBe(name));

test('a log that is made to take long takes no longer', () => {
  const log = new BuildLog();
  const started = performance.now();
  const hostile = new TextEncoder().encode(`${'\r'.repeat(60_000)}x\n`);
  for (let i = 0; i < 20; i++) expect([...log.take(hostile)]).toEqual([{ line: 'x' }]);
  expect(performance.now() - started).toBeLessThan(1000);
});
