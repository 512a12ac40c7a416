// Nix's own language tests (tests/functional/lang.sh of a checkout), in a worker of the page. Nothing of them is kept here.
import fs from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, missingChromium } from '../chromium.ts';
import type { Outcome } from './nix-instantiate.ts';
import { LanguagePage, readTree } from './page.ts';

const checkout = process.env.VIXEN_NIX_SOURCE;
const reason = missingChromium ?? (checkout === undefined ? 'VIXEN_NIX_SOURCE names no checkout of Nix' : undefined);
const folder = path.join(checkout ?? '/', 'tests/functional');
const lang = path.join(folder, 'lang');

interface NixTest {
  name: string;
  args: string[];
  stdin?: string;
  fails: boolean;
  expected: { stdout: string | undefined; stderr: string | undefined };
}

const read = (name: string) => {
  const file = path.join(lang, name);
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
};
const words = (text: string) =>
  text
    .replace(/#.*/g, '')
    .split(/\s+/)
    .filter((word) => word !== '');

function parseTest(name: string): NixTest {
  const fails = name.startsWith('parse-fail-');
  const expected = { stdout: fails ? undefined : (read(`${name}.exp`) ?? ''), stderr: read(`${name}.err.exp`) ?? '' };
  return { name, args: ['--show-trace', '--parse', '-'], stdin: read(`${name}.nix`)!, fails, expected };
}

function evalTest(name: string): NixTest | undefined {
  const fails = name.startsWith('eval-fail-');
  const flags = read(`${name}.flags`);
  const args = ['--show-trace', ...(flags === undefined ? [] : words(flags)), '--strict', `lang/${name}.nix`];
  const xml = read(`${name}.exp.xml`);
  if (xml !== undefined) return { name, args: ['--xml', '--no-location', ...args], fails, expected: { stdout: xml, stderr: undefined } };
  if (read(`${name}.exp-disabled`) !== undefined) return undefined;
  return {
    name,
    args,
    fails,
    expected: { stdout: fails ? undefined : (read(`${name}.exp`) ?? ''), stderr: read(`${name}.err.exp`) ?? '' },
  };
}

function nixTests(): NixTest[] {
  const names = fs.readdirSync(lang).filter((name) => /^(?:parse|eval)-(?:okay|fail)-.*\.nix$/.test(name));
  return names
    .map((name) => name.slice(0, -'.nix'.length))
    .flatMap((name) => (name.startsWith('parse') ? parseTest(name) : (evalTest(name) ?? [])));
}

/** Bytes that are no UTF-8 look alike on both sides; line numbers in Nix's own code are none of the test's business (its `.postprocess`). */
function settled(name: string, text: string): string {
  const here = Buffer.from(text.replaceAll(folder, '/pwd')).toString();
  return name === 'eval-fail-derivation-name' ? here.replace(/ *(?:\d+|<number>)/g, '<number>') : here;
}

/** Needs a fetcher. */
const beyond = new Set(['eval-fail-fetchTree-relative-path']);

/** As the tests' nix.conf sets it. */
const features = ['--extra-experimental-features', 'nix-command flakes'];

const environment = { HOME: '/fake-home', NIX_PATH: 'lang/dir3:lang/dir4', TEST_VAR: 'foo' };

/** What differs, in words; undefined where nothing does. */
function difference({ name, fails, expected }: NixTest, { status, stdout, stderr }: Outcome): string | undefined {
  if (status !== (fails ? 1 : 0)) return `status ${status}: ${stderr}`;
  if (expected.stdout !== undefined && settled(name, stdout) !== settled(name, expected.stdout)) return `stdout: ${stdout}`;
  if (expected.stderr !== undefined && settled(name, stderr) !== settled(name, expected.stderr)) return `stderr: ${stderr}`;
  return undefined;
}

describe.skipIf(reason)(`Nix's language tests in the page${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let browser: Browser;
  let page: LanguagePage;

  beforeAll(async () => {
    browser = await launch();
    page = await LanguagePage.open(browser, readTree(lang));
  });
  afterAll(async () => {
    await page?.close();
    await browser?.close();
  });

  test('pass', async () => {
    const all = nixTests();
    const failed: string[] = [];
    for (const one of all) {
      const job = { args: [...features, ...one.args], folder, env: environment, ...(one.stdin !== undefined && { stdin: one.stdin }) };
      const wrong = difference(one, await page.run(job));
      if (wrong !== undefined) failed.push(`${one.name}: ${wrong}`);
    }
    console.log(`Nix's language tests in the page: ${all.length - failed.length} of ${all.length} pass`);
    expect(failed.filter((text) => !beyond.has(text.split(':')[0]!))).toEqual([]);
  }, 300_000);
});
