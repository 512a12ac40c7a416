import { expect, test } from 'vitest';
import { importsOf, roomOf, violation } from './rooms.mjs';

test('imports are found in all their forms, and not in comments', () => {
  const text = `
import a from 'a';
import { b,
  c } from "./b.ts";
import 'c';
export * from './d.ts';
export { e } from '../e.ts';
import type { F } from 'f';
// import g from 'g';
/* import h from 'h'; */
const i = await import('./i.ts');
const text = "see the file from 'j'";
`;
  expect(importsOf(text).sort()).toEqual(['../e.ts', './b.ts', './d.ts', './i.ts', 'a', 'c', 'f']);
});

test('inner rooms win over outer ones', () => {
  expect(roomOf('host/src/core/session.ts')?.folder).toBe('host/src/core');
  expect(roomOf('README.md')).toBeUndefined();
});

test.each([
  ['eval-core/assembly/derivation/hash.ts', '../../../wasm/assembly/sha256'],
  ['host/src/core/session.ts', '@vixen/eval-core'],
  ['host/src/core/session.spec.ts', 'node:fs'],
  ['host/src/node/files.ts', '../core/io.ts'],
  ['host/src/node/files.ts', 'undici'],
  ['host/src/cli/main.ts', 'node:process'],
  ['host/playground/worker.ts', '../src/core/session.ts'],
  ['eval-core/tests/run.spec.ts', '../../host/src/core/session.ts'],
  ['docs/x.mjs', 'node:fs'],
])('%s may import %s', (file, name) => expect(violation(file, name)).toBeUndefined());

test.each([
  ['wasm/js/index.ts', '@vixen/eval-core'],
  ['wasm/js/index.ts', 'node:fs'],
  ['eval-core/js/index.ts', 'fs'],
  ['eval-core/js/index.ts', '../../host/src/core/session.ts'],
  ['eval-core/assembly/index.ts', '../js/index'],
  ['host/src/core/session.ts', '../node/files.ts'],
  ['host/src/core/session.ts', 'node:fs/promises'],
  ['host/src/core/session.ts', 'bun:ffi'],
  ['host/playground/page.ts', '../src/node/files.ts'],
  ['store/src/service.ts', '../../host/src/core/session.ts'],
  ['host/src/cli/main.ts', '@vixen/bench'],
])('%s may not import %s', (file, name) => expect(violation(file, name)).toContain('may not'));
