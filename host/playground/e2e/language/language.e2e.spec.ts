// The project's language tests, in a worker of the page.
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { readFeatures } from '../../../../eval-core/tests/harness/cases.ts';
import { expectOutcome } from '../../../../eval-core/tests/harness/expect.ts';
import { launch, missingChromium, named } from '../chromium.ts';
import { top } from '../packs.ts';
import { LanguagePage, readTree } from './page.ts';

const tests = path.join(top, 'eval-core/tests');

const features = readFeatures(tests);

let browser: Browser;
let page: LanguagePage;

beforeAll(async () => {
  if (missingChromium) return;
  browser = await launch();
  page = await LanguagePage.open(browser, readTree(tests));
});
afterAll(async () => {
  await page?.close();
  await browser?.close();
});

const environment = (folder: string) => ({ HOME: '/fake-home', NIX_PATH: `found=${folder}/found:${folder}/search`, TEST_VAR: 'foo' });

describe.skipIf(missingChromium)(named('language tests in the page'), () => {
  describe.each(features)('$name', ({ folder, cases }) => {
    test.for(cases)('$name', async (one) => {
      expectOutcome(one, await page.run({ args: ['--strict', ...one.args], folder, env: environment(folder) }), folder);
    });
  });
});
