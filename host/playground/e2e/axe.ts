// What axe-core finds fault with in a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeWindow {
  axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }> };
}

// The list of completions scrolls as the arrow keys move in it, while the focus stays in the text (aria-activedescendant), as it should.
const isCompletionList = (id: string, target: unknown) =>
  id === 'scrollable-region-focusable' && JSON.stringify(target).includes('#cm-ac-');

/** axe-core comes in beside the page's policy. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const { violations: found } = await page.evaluate(() => (globalThis as unknown as AxeWindow).axe.run());
  return found.flatMap(({ id, nodes }) =>
    nodes
      .filter(({ target }) => !isCompletionList(id, target))
      .map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary ?? ''}`),
  );
}
