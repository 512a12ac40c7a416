// The main job, as `npm start` does it: expected.json is what Nix 2.34.8 prints.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test('the example evaluates to what Nix computes', () => {
  const printed = execFileSync(process.execPath, [file('../bin/vixen.cjs'), 'eval', '--strict', '--json', file('hello/default.nix')], {
    encoding: 'utf8',
  });
  expect(JSON.parse(printed)).toEqual(JSON.parse(fs.readFileSync(file('hello/expected.json'), 'utf8')));
});
