import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtinFamilies, page } from './docs.mjs';
import { builtinsPage } from './lib/builtins-page.mjs';

const families = await builtinFamilies();
const shown = Object.values(families)
  .flat()
  .filter(({ internal }) => !internal);

test('docs/builtins.md is what `npm run docs` makes', () => {
  expect(fs.readFileSync(page, 'utf8')).toBe(builtinsPage(families));
});

test('every builtin has a description', () => {
  expect(shown.filter(({ doc }) => !doc).map(({ name }) => name)).toEqual([]);
});

test('no builtin is there twice', () => {
  const names = shown.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
