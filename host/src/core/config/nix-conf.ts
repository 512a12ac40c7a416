// The syntax of nix.conf (libutil/configuration.cc `parseConfigFiles`).
import { normalPath, parentPath } from '../files/paths.ts';
import { ConfigError, type Settings } from './settings.ts';

/** Reads an included file: undefined where there is none, null where it cannot be read. */
export type ReadConfig = (path: string) => string | undefined | null;

type Entry = [name: string, value: string];

function include(target: string, required: boolean, path: string, read: ReadConfig): Entry[] {
  const file = normalPath(target, parentPath(path));
  const text = read(file);
  if (typeof text === 'string') return parseConfig(text, file, read);
  if (text === undefined && required) throw new ConfigError(`file \x0e"${file}"\x0f included from \x0e"${path}"\x0f not found`);
  return [];
}

/** All settings of a file and of those that it includes, in their order. */
export function parseConfig(text: string, path: string, read: ReadConfig): Entry[] {
  const entries: Entry[] = [];
  for (const whole of text.split('\n')) {
    const line = whole.replace(/#.*$/s, '');
    const [name, second, ...rest] = line.split(/[ \t\n\r]+/).filter((token) => token !== '');
    if (name === undefined) continue;
    const broken = () => new ConfigError(`syntax error in configuration line '\x0e${line}\x0f' in \x0e"${path}"\x0f`);
    if (second === undefined) throw broken();
    if (name === 'include' || name === '!include') {
      if (rest.length > 0) throw broken();
      entries.push(...include(second, name === 'include', path, read));
    } else if (second !== '=') throw broken();
    else entries.push([name, rest.join(' ')]);
  }
  return entries;
}

const isFeature = ([name]: Entry) => name === 'experimental-features' || name === 'extra-experimental-features';

/** Applies entries, features first; gives the names that no setting has. */
export function applyConfig(settings: Settings, entries: Entry[], options: { nixPathIsSet: boolean }): string[] {
  const others = entries.filter((entry) => !isFeature(entry));
  const unknown: string[] = [];
  for (const [name, value] of [...entries.filter(isFeature), ...others]) {
    // NIX_PATH goes before the setting.
    if (options.nixPathIsSet && (name === 'nix-path' || name === 'extra-nix-path')) continue;
    if (!settings.set(name, value)) unknown.push(name);
  }
  return unknown;
}
