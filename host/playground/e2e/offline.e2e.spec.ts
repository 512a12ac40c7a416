import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, missingChromium, named } from './chromium.ts';
import { pack } from './packs.ts';
import { Playground } from './playground.ts';
import { openSite, type Site } from './site.ts';

/** Waits until the browser has kept the page. */
const isKept = (page: Page) => page.evaluate(async () => void (await navigator.serviceWorker.ready));
const cacheNames = (page: Page) => page.evaluate(() => caches.keys());

describe.skipIf(missingChromium)(named('the page without a network'), () => {
  let site: Site;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test('works after the first load, with what was used of nixpkgs', async () => {
    const nixpkgs = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-offline-'));
    fs.mkdirSync(path.join(nixpkgs, 'lib'));
    fs.writeFileSync(path.join(nixpkgs, 'lib/default.nix'), '{ answer = 42; }');
    // Too large to lie in a block with others.
    fs.writeFileSync(path.join(nixpkgs, 'more.nix'), `[ ${'1 '.repeat(100_000)} ]`);
    site = await openSite((folder) => pack(nixpkgs, path.join(folder, 'pack')));
    const playground = await Playground.open(browser, site.url);
    await playground.evaluate('(import <nixpkgs/lib>).answer');
    await playground.seesValue('42');
    await isKept(playground.page);
    await site.close();

    await playground.page.reload();
    await playground.evaluate('(import <nixpkgs/lib>).answer + 1');
    await playground.seesValue('43');
    await playground.evaluate('builtins.length (import <nixpkgs/more.nix>)');
    await playground.sees('.outcome', 'there is no connection');
    await playground.evaluate('"next"');
    await playground.seesValue('"next"');
    // The network is gone: that the browser says so is right.
    const others = playground.errors.filter((error) => !/ERR_CONNECTION_REFUSED|Failed to fetch|service worker/i.test(error));
    playground.errors.splice(0);
    expect(others).toEqual([]);
    await playground.close();
    await site.remove();
    fs.rmSync(nixpkgs, { recursive: true });
  });

  test('a new build takes the place of the one before, whose files are thrown away', async () => {
    site = await openSite();
    const playground = await Playground.open(browser, site.url);
    await isKept(playground.page);
    const [before] = await cacheNames(playground.page);
    const worker = path.join(site.folder, 'sw.js');
    fs.writeFileSync(worker, fs.readFileSync(worker, 'utf8').replace(/"version":"[^"]*"/, '"version":"next"'));
    const index = path.join(site.folder, 'index.html');
    fs.writeFileSync(index, fs.readFileSync(index, 'utf8').replace('<title>', '<title>Next: '));
    await playground.page.reload();
    expect(await playground.page.title()).toMatch(/^Next: /);
    await playground.page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
    // The one before goes with the last page that it serves.
    const other = await playground.context.newPage();
    await playground.page.close();
    // A moment after the page is gone.
    await other.waitForTimeout(1000);
    await other.goto(site.url);
    await expect.poll(() => cacheNames(other), { timeout: 10_000 }).not.toContain(before);
    expect((await cacheNames(other)).filter((name) => name.startsWith('vixen-page:'))).toEqual([`vixen-page:${site.url}:next`]);
    await playground.close();
    await site.remove();
  });

  test('what has to be loaded is small', async () => {
    site = await openSite();
    const assets = fs.readdirSync(path.join(site.folder, 'assets')).map((name) => path.join(site.folder, 'assets', name));
    const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0);
    const wasm = assets.filter((file) => file.endsWith('.wasm')).map((file) => fs.readFileSync(file));
    expect(wasm.length).toBe(2);
    expect(sum(wasm.map((bytes) => gzipSync(bytes).length))).toBeLessThan(400_000);
    expect(sum(wasm.map((bytes) => brotliCompressSync(bytes).length))).toBeLessThan(400_000);
    await site.remove();
  });
});
