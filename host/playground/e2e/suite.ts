// What the spec files have in common: a site, a browser, and pages that are closed, with nothing reported.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { launch, missingChromium, named } from './chromium.ts';
import { type OpenOptions, Playground } from './playground.ts';
import { openSite, type Site } from './site.ts';

export interface Suite {
  readonly site: Site;
  readonly browser: Browser;
  /** A spec with a page of its own. */
  page(name: string, work: (playground: Playground) => Promise<void>, options?: OpenOptions): void;
}

/** A group of specs in the browser; skipped by name where there is none. */
export function browserSuite(name: string, specs: (suite: Suite) => void, prepare?: (folder: string) => void | Promise<void>) {
  describe.skipIf(missingChromium)(named(name), () => {
    let site: Site;
    let browser: Browser;
    beforeAll(async () => {
      [site, browser] = await Promise.all([openSite(prepare), launch()]);
    });
    afterAll(async () => {
      await browser?.close();
      await site?.remove();
    });
    specs({
      get site() {
        return site;
      },
      get browser() {
        return browser;
      },
      page: (title, work, options) =>
        test(title, async () => {
          const playground = await Playground.open(browser, site.url, options);
          await work(playground);
          await playground.close();
        }),
    });
  });
}
