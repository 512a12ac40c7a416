import { expect, test } from 'vitest';
import { installIsStale } from './install.mjs';

const lock = (packages) => ({ packages });
const a1 = { version: '1.0.0', integrity: 'sha512-a' };

test('the same packages are fresh, whatever npm adds about workspaces', () => {
  const wanted = lock({ '': { name: 'x' }, host: {}, 'node_modules/a': a1 });
  expect(installIsStale(wanted, lock({ 'node_modules/a': a1 }))).toBe(false);
});

test('a missing package, another version and no installation are stale', () => {
  const wanted = lock({ 'node_modules/a': a1 });
  expect(installIsStale(wanted, lock({}))).toBe(true);
  expect(installIsStale(wanted, lock({ 'node_modules/a': { ...a1, version: '2.0.0' } }))).toBe(true);
  expect(installIsStale(wanted, undefined)).toBe(true);
});

test('optional packages may be missing', () => {
  const wanted = lock({ 'node_modules/a': a1, 'node_modules/a-win32': { ...a1, optional: true } });
  expect(installIsStale(wanted, lock({ 'node_modules/a': a1 }))).toBe(false);
});
