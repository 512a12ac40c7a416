// Language tests in the browser: files for the worker beside the page's own, and jobs through the page.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { openSite, type Site } from '../site.ts';
import type { Job, Outcome, TestFile } from './nix-instantiate.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

/** A folder and all below it, as data. */
export function readTree(folder: string): TestFile[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry): TestFile[] => {
    const file = path.join(folder, entry.name);
    if (entry.isSymbolicLink()) return [{ path: file, link: fs.readlinkSync(file) }];
    if (entry.isDirectory()) return [{ path: file, folder: true }, ...readTree(file)];
    if (!entry.isFile()) return [];
    return [{ path: file, base64: fs.readFileSync(file, 'base64'), executable: (fs.statSync(file).mode & 0o100) !== 0 }];
  });
}

async function prepare(folder: string, files: TestFile[]) {
  await build({
    entryPoints: [path.join(here, 'worker.ts')],
    outfile: path.join(folder, 'language-worker.js'),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  fs.writeFileSync(path.join(folder, 'language-files.json'), JSON.stringify(files));
}

type Globals = { languageJob: (job: Job) => Promise<Outcome> };

export class LanguagePage {
  readonly #site: Site;
  readonly #page: Page;

  private constructor(site: Site, page: Page) {
    this.#site = site;
    this.#page = page;
  }

  static async open(browser: Browser, files: TestFile[]): Promise<LanguagePage> {
    const site = await openSite((folder) => prepare(folder, files));
    const page = await (await browser.newContext()).newPage();
    await page.goto(site.url);
    const assets = fs.readdirSync(path.join(site.folder, 'assets'));
    const asset = (name: string) => `assets/${assets.find((file) => file.startsWith(name) && file.endsWith('.wasm'))}`;
    await page.evaluate(
      async (urls) => {
        const worker = new Worker('./language-worker.js', { type: 'module' });
        const waiting = new Map<number, (outcome: Outcome) => void>();
        worker.onmessage = ({ data: { id, outcome } }: MessageEvent<{ id: number; outcome: Outcome }>) => waiting.get(id)?.(outcome);
        const started = new Promise((resolve) => waiting.set(0, resolve));
        worker.postMessage(urls);
        await started;
        let last = 0;
        (globalThis as unknown as Globals).languageJob = (job) =>
          new Promise((resolve) => {
            last += 1;
            waiting.set(last, resolve);
            worker.postMessage({ id: last, job });
          });
      },
      { evaluator: asset('vixen-eval'), hashes: asset('vixen-wasm'), files: 'language-files.json' },
    );
    return new LanguagePage(site, page);
  }

  run(job: Job): Promise<Outcome> {
    return this.#page.evaluate((given) => (globalThis as unknown as Globals).languageJob(given), job);
  }

  async close() {
    await this.#page.context().close();
    await this.#site.remove();
  }
}
