// Builders elsewhere, as the setting `builders` names them (Nix manual, "builders"; libstore/machines.cc):
//
//     URL [SYSTEM,… [SSH-KEY [JOBS [SPEED [FEATURE,… [MANDATORY-FEATURE,…]]]]]]
//
// one a line, or with `;` between them; `-` is the default; `#` begins a comment; `@FILE` stands for what is in the file.
import fs from 'node:fs';
import { hasErrorCode } from '../system-error.ts';

export interface Machine {
  readonly url: string;
  readonly systems: readonly string[];
  /** Builds at once. */
  readonly slots: number;
  readonly speed: number;
  readonly features: readonly string[];
  /** It takes only builds that ask for all of these. */
  readonly mandatory: readonly string[];
}

const known = /^grpc\+(unix|http|https):/;

function fileText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function* entries(text: string): Generator<string> {
  for (const line of text.split(/[\n;]/)) {
    const entry = line.replace(/#.*/, '').trim();
    if (entry.startsWith('@')) yield* entries(fileText(entry.slice(1).trim()));
    else if (entry !== '') yield entry;
  }
}

const given = (word: string | undefined) => (word === undefined || word === '-' ? undefined : word);
const list = (word: string | undefined) => (given(word) ?? '').split(',').filter((each) => each !== '');

function numberOf(word: string | undefined, what: string, entry: string): number {
  const number = Number(given(word) ?? 1);
  if (!(number >= 0)) throw new Error(`bad machine specification: ${what} '${word}' of '${entry}' is not a number`);
  return number;
}

function machineOf(entry: string, system: string): Machine {
  const [url = '', systems, , jobs, speed, features, mandatory] = entry.split(/\s+/);
  const needed = list(mandatory);
  return {
    url,
    systems: given(systems) === undefined ? [system] : list(systems),
    slots: Math.floor(numberOf(jobs, 'the number of jobs', entry)),
    speed: numberOf(speed, 'the speed factor', entry),
    features: [...new Set([...list(features), ...needed])],
    mandatory: needed,
  };
}

/** The fastest first. Those that are spoken to in another way are left out, with a warning. */
export function parseMachines(text: string, system: string, warn: (message: string) => void): Machine[] {
  const machines = [...entries(text)].map((entry) => machineOf(entry, system));
  const ours = machines.filter(({ url }) => known.test(url));
  for (const { url } of machines) {
    if (!known.test(url)) warn(`ignoring the builder '\x0e${url}\x0f': builders are named by grpc+unix:, grpc+http: and grpc+https: URLs`);
  }
  return ours.sort((a, b) => b.speed - a.speed);
}
