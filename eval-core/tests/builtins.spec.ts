// Every builtin has language tests: at least one that gives a value and one that fails.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import table from '../assembly/gen/builtins.json' with { type: 'json' };
import { type Case, readFeatures } from './harness/cases.ts';

const features = readFeatures(path.dirname(fileURLToPath(import.meta.url)));
const cases = features.flatMap((feature) => feature.cases);

/** The words of what a case evaluates. */
function words({ args }: Case): string[] {
  const last = args.at(-1) ?? '';
  const source = args.at(-2) === '-E' ? last : fs.readFileSync(last, 'utf8');
  return source.replace(/^\s*#.*/gm, '').match(/[A-Za-z_][\w'-]*/g) ?? [];
}

const named = (which: Case[]) => new Set(which.flatMap(words).map((word) => word.replace(/^__/, '')));
const good = named(cases.filter(({ value }) => value !== undefined));
const bad = named(cases.filter(({ value }) => value === undefined));

/** `fetchFinalTree` is for the evaluator's own code, no expression sees it. */
const internal = new Set(['fetchFinalTree']);
/** Their value comes from a server or another program: specs of the host have a server, and compare with real Nix. */
const fetchers = new Set(['fetchurl', 'fetchTarball', 'fetchGit', 'fetchMercurial', 'fetchTree', 'fetchClosure', 'getFlake']);
/** These give their argument back, whatever it is. */
const unfailing = new Set(['break']);

const names = (table as { name: string }[]).map(({ name }) => name.replace(/^__/, '')).filter((name) => !internal.has(name));
const constants = ['builtins', 'currentSystem', 'currentTime', 'langVersion', 'nixPath', 'nixVersion', 'storeDir', 'true', 'false', 'null'];

describe('language tests name', () => {
  test('each builtin with a value', () => {
    const wanted = names.filter((name) => !fetchers.has(name));
    expect([...wanted, ...constants].filter((name) => !good.has(name))).toEqual([]);
  });
  test('each builtin with an error', () => expect(names.filter((name) => !unfailing.has(name) && !bad.has(name))).toEqual([]));
});
