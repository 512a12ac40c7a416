// Files for the reader's computer.
import { el } from '../dom.ts';

export function download(name: string, contents: Blob) {
  const url = URL.createObjectURL(contents);
  el('a', { attrs: { href: url, download: name } }).click();
  // The browser has to have begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
