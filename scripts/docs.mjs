// Writes the generated pages of docs.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { builtinsPage } from './lib/builtins-page.mjs';
import { at } from './lib/paths.mjs';

const folder = at('eval-core/tables/builtins');

/** The tables of builtins by family. */
export async function builtinFamilies() {
  const families = {};
  for (const file of fs.readdirSync(folder).sort()) {
    if (file.endsWith('.mjs')) families[file.slice(0, -4)] = (await import(pathToFileURL(`${folder}/${file}`).href)).default;
  }
  return families;
}

export const page = at('docs/builtins.md');

if (process.argv[1] === at('scripts/docs.mjs')) fs.writeFileSync(page, builtinsPage(await builtinFamilies()));
