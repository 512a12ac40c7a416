// One page of the playground in the browser, with what specs do to it. Whatever it reports as an error fails the spec.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface OpenOptions extends BrowserContextOptions {
  /** Behind the address: a share link's fragment. */
  fragment?: string;
}

export class Playground {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page and of its console, and requests that failed. */
  readonly errors: string[] = [];

  constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.context = context;
    this.watch(page);
  }

  /** A page with nothing stored. */
  static async open(browser: Browser, url: string, { fragment = '', ...options }: OpenOptions = {}): Promise<Playground> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    context.setDefaultTimeout(20_000);
    const playground = new Playground(await context.newPage(), context);
    await playground.page.goto(url + fragment);
    await playground.ready();
    return playground;
  }

  /** Something has been evaluated. */
  async ready() {
    await this.page.locator('.status', { hasNotText: /Loading|Evaluating/ }).waitFor();
  }

  watch(page: Page) {
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.errors.push(message.text());
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // A page that is left gives up what it was loading.
      if (why !== 'net::ERR_ABORTED') this.errors.push(`${request.url()}: ${why}`);
    });
  }

  /** Ends the page; nothing may have been reported. */
  async close() {
    await this.context.close();
    expect(this.errors).toEqual([]);
  }

  get editor() {
    return this.page.locator('.cm-content');
  }

  get status() {
    return this.page.locator('.status');
  }

  /** The text of an element that is shown once it matches. */
  async sees(selector: string, text: string | RegExp) {
    await this.page.locator(selector).filter({ hasText: text, visible: true }).first().waitFor();
  }

  /** The editor's text is replaced, as if pasted. */
  async write(text: string) {
    await this.editor.click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.insertText(text);
  }

  /** Writes a text and evaluates it at once. */
  async evaluate(text: string) {
    await this.write(text);
    await this.page.keyboard.press('Control+Enter');
  }

  async seesValue(text: string | RegExp) {
    await this.choose('Printed');
    await this.sees('pre.value', text);
  }

  /** Shows a panel. */
  async choose(panel: string) {
    await this.page
      .getByRole('tablist', { name: 'Views' })
      .getByRole('tab', { name: new RegExp(`^${panel}\\b`) })
      .click();
  }
}
