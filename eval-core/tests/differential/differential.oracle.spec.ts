// Random input, given to Vixen and to real Nix: nothing may differ. `npm run test:oracle`, docs/testing.md.
import { afterAll, beforeAll, describe, test } from 'vitest';
import { builtinCalls, operators } from './builtins.ts';
import { Comparison } from './compare.ts';
import { expressions } from './expressions.ts';
import { missingOracle } from './oracle.ts';
import { scopes } from './scopes.ts';
import { syntax } from './syntax.ts';
import { brokenToml, toml } from './toml.ts';
import { brokenJson, floats, json, paths, regularExpressions, strings, versions } from './values.ts';

const missing = missingOracle();
const kinds = [
  { name: 'strings', expression: strings, count: 3000, batch: 500 },
  { name: 'regular expressions', expression: regularExpressions, count: 2000, batch: 500 },
  { name: 'floats', expression: floats, count: 3000, batch: 500 },
  { name: 'JSON', expression: json, count: 1500, batch: 500 },
  { name: 'broken JSON', expression: brokenJson, count: 150, batch: 500 },
  { name: 'TOML', expression: toml, count: 400, batch: 500 },
  { name: 'broken TOML', expression: brokenToml, count: 150, batch: 500 },
  { name: 'versions', expression: versions, count: 3000, batch: 500 },
  { name: 'paths', expression: paths, count: 1500, batch: 500 },
  { name: 'builtins', expression: builtinCalls, count: 3000, batch: 500 },
  { name: 'operators', expression: operators, count: 3000, batch: 500 },
  { name: 'scopes', expression: scopes, count: 3000, batch: 500 },
  { name: 'syntax', expression: syntax, count: 3000, batch: 500 },
  { name: 'expressions', expression: expressions, count: 1000, batch: 500 },
];

describe.skipIf(missing !== undefined)(`the same as Nix${missing ? ` (${missing})` : ''}`, () => {
  let comparison: Comparison;
  beforeAll(() => {
    comparison = new Comparison();
  });
  afterAll(() => comparison.stop());

  test.for(kinds)('$count $name', { timeout: 600_000 }, ({ expression, count, batch }) => comparison.random(expression, { count, batch }));
});
