// What of nixpkgs was fetched: a word in the head of the page, once something was.
import type { PackFigures } from '@vixen/host';
import type { Client } from '../client.ts';
import { el } from '../dom.ts';

const megabyte = 1e6;

export function shownFetched(label: string, { fetched, bytes, waiting }: PackFigures): string {
  const name = label === '' ? 'nixpkgs' : `nixpkgs ${label}`;
  const size = (count: number) => `${(count / megabyte).toFixed(2)} MB`;
  if (waiting > 0) return `${name}: fetching, ${size(fetched)}`;
  return bytes > fetched
    ? `${name}: ${size(fetched)} fetched, ${size(bytes - fetched)} kept from before`
    : `${name}: ${size(fetched)} fetched`;
}

export function packView(client: Client): HTMLElement {
  const view = el('span', { class: 'pack', attrs: { hidden: true } });
  client.on('pack', ({ label, figures }) => {
    view.hidden = figures.blocks + figures.waiting === 0;
    view.textContent = shownFetched(label, figures);
  });
  return view;
}
