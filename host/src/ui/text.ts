/** Texts of displays. */
import { nameOf } from '@vixen/store/formats';
import { ansi, colourMarks, filterEscapes } from '../core/errors/ansi.ts';
import { trimEndOf } from '../core/trim.ts';

const folder = (path: string) => path.slice(0, path.lastIndexOf('/'));

/** `hello-2.12` of the path of its `.drv`. */
export const derivationLabel = (drvPath: string): string => nameOf(drvPath, folder(drvPath)).replace(/\.drv$/, '');

/** A message after its label, as Nix lays it out: further lines stand below the first. */
export function labelled(label: string, colour: string, message: string): string {
  const margin = ' '.repeat(label.length + 1);
  const lines = trimEndOf(message, '\n').split('\n');
  return `${colour}${label}${ansi.normal} ${lines.map((line, i) => (i === 0 || line === '' ? line : margin + line)).join('\n')}`;
}

export function messageText(level: 'error' | 'warn' | 'info', text: string): string {
  const message = colourMarks(text);
  if (level === 'error') return labelled('error:', ansi.red, message);
  return level === 'warn' ? labelled('warning:', ansi.magenta, message) : message;
}

/** What may be written to `colours`: no escapes that move the cursor, or none at all. */
export const clean = (text: string, colours: boolean): string =>
  text.includes('\n')
    ? text
        .split('\n')
        .map((line) => filterEscapes(line, !colours))
        .join('\n')
    : filterEscapes(text, !colours);

const verbs = { normal: 'building', check: 'checking outputs of', repair: 'repairing outputs of' } as const;
export const buildText = (drvPath: string, mode: keyof typeof verbs): string => `${verbs[mode]} '${drvPath}'`;

/** A store's URL as Nix shows it. */
export const storeText = (url: string): string => trimEndOf(url, '/');
export const copyText = (path: string, from: string): string => `copying path '${path}' from '${storeText(from)}'`;
