// Random input, given to Vixen and to real Nix: nothing may differ. `npm run test:oracle`, docs/testing.md.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Comparison, listElements, missingOracle } from './compare.ts';
import { expressions } from './expressions.ts';
import { brokenToml, toml } from './toml.ts';
import { brokenJson, floats, json, paths, regularExpressions, strings, versions } from './values.ts';

test('a printed list is read back', () => {
  expect(listElements('[ 1 "a \\" ]" [ 2 3 ] { a = [ ]; } ]')).toEqual(['1', '"a \\" ]"', '[ 2 3 ]', '{ a = [ ]; }']);
  expect(listElements('[ ]')).toEqual([]);
});

const missing = missingOracle();
const kinds = [
  { name: 'strings', expression: strings, count: 3000, batch: 300 },
  { name: 'regular expressions', expression: regularExpressions, count: 2000, batch: 100 },
  { name: 'floats', expression: floats, count: 3000, batch: 100 },
  { name: 'JSON', expression: json, count: 1500, batch: 300 },
  { name: 'broken JSON', expression: brokenJson, count: 150, batch: 2 },
  { name: 'TOML', expression: toml, count: 400, batch: 8 },
  { name: 'broken TOML', expression: brokenToml, count: 150, batch: 1 },
  { name: 'versions', expression: versions, count: 3000, batch: 300 },
  { name: 'paths', expression: paths, count: 1500, batch: 100 },
  { name: 'expressions', expression: expressions, count: 1000, batch: 4 },
];

describe.skipIf(missing !== undefined)(`the same as Nix${missing ? ` (${missing})` : ''}`, () => {
  let comparison: Comparison;
  beforeAll(() => {
    comparison = new Comparison();
  });
  afterAll(() => comparison.stop());

  test.for(kinds)('$count $name', { timeout: 600_000 }, ({ expression, count, batch }) => comparison.random(expression, { count, batch }));
});
