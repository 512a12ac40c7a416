// The files of a store path in which a hash part stands.
import { type BrowsedEntry, browse, type PathBrowser, type Store } from '@vixen/store';

/** Bytes that are shown before and behind it. */
const margin = 32;

/** `FILE: …text around it…`, `LINK -> TARGET`; in the order of names. */
export async function filesNaming(store: Store, path: string, hashPart: string): Promise<string[]> {
  const browser = await browse(store, path);
  const hits: string[] = [];
  const todo: [name: string, entry: BrowsedEntry][] = [['', browser.root]];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const [name, entry] = next;
    if (entry.type === 'directory') todo.push(...(await below(browser, name, entry)).reverse());
    else if (entry.type === 'symlink' && entry.target.includes(hashPart)) hits.push(`${name || '/'} -> ${entry.target}`);
    else if (entry.type === 'regular') {
      const around = await textAround(browser.read(entry), hashPart);
      if (around !== undefined) hits.push(`${name || '/'}: …${around}…`);
    }
  }
  return hits;
}

async function below(browser: PathBrowser, name: string, directory: BrowsedEntry & { type: 'directory' }) {
  const entries = [...(await browser.entries(directory))];
  return entries.map(([child, entry]): [string, BrowsedEntry] => [name === '' ? child : `${name}/${child}`, entry]);
}

/** What stands around the first place where the text does; undefined where there is none. */
async function textAround(chunks: AsyncIterable<Uint8Array>, text: string): Promise<string | undefined> {
  let held = Buffer.alloc(0);
  let at = -1;
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk]);
    if (at < 0) at = held.indexOf(text);
    if (at >= 0 && held.length >= at + text.length + margin) break;
    if (at < 0) held = held.subarray(Math.max(0, held.length - margin - text.length));
  }
  if (at < 0) return undefined;
  return printable(held.subarray(Math.max(0, at - margin), at + text.length + margin).toString('latin1'));
}

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, '.');
