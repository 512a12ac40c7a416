import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docstringText } from '../core/docstrings.ts';
import { type Attribute, documentationOf } from '../repl/documentation.ts';
import { EvalFlags } from './eval-flags.ts';
import { type Evaluation, openEvaluation } from './evaluation.ts';

const source = `{
  /**
    Adds one.

    # Example
        inc 1
  */
  inc = x: x + 1;
  /** Both. */
  add = a: b: a + b;
  plain = y: y;
  /* no docstring */
  number = 1;
  /** A number. */
  # a remark
  /* a comment */
  documented = 2;
  "é" = { /** Behind é, on the same line. */ inner = 3; };
  /** The set's own. */
  functor = { __functor = /** What it does. */ self: x: x; };
  endless = { __functor = self: self; };
}
`;

let folder: string;
let evaluation: Evaluation;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vixen-docs-'));
  writeFileSync(path.join(folder, 'docs.nix'), source);
  evaluation = openEvaluation(new EvalFlags(), { readOnly: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function told(text: string, set = 'x', name?: string): Promise<string | undefined> {
  const { session, base } = evaluation;
  const evaluate = async (body: string) =>
    session.force(await session.evalString({ text: `let x = import ${folder}/docs.nix; in ${body}`, base }));
  let attribute: Attribute | undefined;
  const position = name === undefined ? undefined : session.machine.attrPosition(await evaluate(set), name);
  if (position) attribute = { name: name!, position };
  const found = await documentationOf(session, await evaluate(text), attribute, (builtin) => (builtin === 'map' ? 'Maps.' : undefined));
  return found?.replaceAll(folder, '');
}

describe('what :doc tells', () => {
  test('functions', async () => {
    expect(await told('x.inc')).toBe('Function `inc`\\\n… defined at /docs.nix:8:9\n\nAdds one.\n\n# Example\n    inc 1');
    expect(await told('x.add 1')).toBe('Function `add`\\\n… defined at /docs.nix:10:12\n\nBoth.');
    expect(await told('x.plain')).toBe('Function `plain`\\\n… defined at /docs.nix:11:11');
    expect(await told('/** Here. */ y: y')).toMatch(/^Function defined at «string»:\d+:\d+\n\nHere\.$/);
  });

  test('sets that act as functions', async () => {
    expect(await told('x.functor', 'x', 'functor')).toMatch(/What it does\.$/);
    expect(await told('x.endless')).toBeUndefined();
  });

  test('builtins', async () => {
    expect(await told('map')).toBe('**builtins.map**\n\nMaps.');
    expect(await told('map map')).toBe('**builtins.map**\n\nMaps.');
    expect(await told('throw')).toBeUndefined();
  });

  test('attributes', async () => {
    expect(await told('x.documented', 'x', 'documented')).toBe('Attribute `documented`\n\n  … defined at /docs.nix:17:3\n\nA number.');
    expect(await told('x.number', 'x', 'number')).toBe('Attribute `number`\n\n  … defined at /docs.nix:13:3\n\nNo documentation found.');
    expect(await told('x."é".inner', 'x."é"', 'inner')).toMatch(/Behind é, on the same line\.$/);
    expect(await told('1')).toBeUndefined();
  });
});

test('docstrings lose their marks and what all lines are indented by', () => {
  expect(docstringText('/** one line */')).toBe('one line');
  expect(docstringText('/**\n  a\n    b\n\n  c\n*/')).toBe('a\n  b\n\nc');
  expect(docstringText('/***/')).toBe('');
});
