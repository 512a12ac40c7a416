// Settings by name, as nix.conf, NIX_CONFIG and the command line set them (libutil/configuration.cc).
import { type SettingKind, type SettingName, settingTable } from './settings-table.ts';

/** A setting's value is not of its kind, or a configuration cannot be read. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'VIXEN_CONFIG';
}

const canonical = new Map<string, SettingName>();
for (const [name, [, , ...aliases]] of Object.entries(settingTable)) {
  for (const known of [name, ...aliases]) canonical.set(known, name as SettingName);
}

const words = (text: string) => text.split(/[ \t\n\r]+/).filter((word) => word !== '');

const yes = new Set(['true', 'yes', '1']);
const no = new Set(['false', 'no', '0']);
const lints = new Set(['ignore', 'warn', 'fatal']);
const units: Record<string, bigint> = { K: 1n << 10n, M: 1n << 20n, G: 1n << 30n, T: 1n << 40n };

function checked(name: string, kind: SettingKind, value: string): string {
  if (kind === 'bool' && !yes.has(value) && !no.has(value)) {
    throw new ConfigError(`Boolean setting '\x0e${name}\x0f' has invalid value '\x0e${value}\x0f'`);
  }
  if (kind === 'lint' && !lints.has(value)) {
    throw new ConfigError(`option '\x0e${name}\x0f' has invalid value '\x0e${value}\x0f' (expected 'ignore', 'warn', or 'fatal')`);
  }
  if (kind !== 'int') return value;
  const number = /^(\d+)([KMGT]?)$/i.exec(value);
  if (number) return String(BigInt(number[1]!) * (units[number[2]!.toUpperCase()] ?? 1n));
  if (name === 'max-jobs' && value === 'auto') return value;
  if (/^-\d+$/.test(value)) return value;
  throw new ConfigError(`setting '\x0e${name}\x0f' has invalid value '\x0e${value}\x0f'`);
}

/** Nix's experimental features (libutil/experimental-features.cc). */
const knownFeatures = new Set([
  'auto-allocate-uids',
  'blake3-hashes',
  'build-time-fetch-tree',
  'ca-derivations',
  'cgroups',
  'configurable-impure-env',
  'daemon-trust-override',
  'dynamic-derivations',
  'external-builders',
  'fetch-closure',
  'fetch-tree',
  'flakes',
  'git-hashing',
  'impure-derivations',
  'local-overlay-store',
  'mounted-ssh-store',
  'nix-command',
  'parse-toml-timestamps',
  'pipe-operators',
  'read-only-local-store',
  'recursive-nix',
  'verified-fetches',
]);

/** The kind of a setting by any of its names; undefined for a name that no setting has. */
export function settingKind(name: string): SettingKind | undefined {
  const known = canonical.get(name);
  return known && settingTable[known][0];
}

export class Settings {
  readonly #values = new Map<SettingName, string>();

  /** Sets by name (`extra-NAME` appends to a list). Answers whether there is such a setting. */
  set(name: string, value: string): boolean {
    const known = canonical.get(name);
    if (known) {
      this.#values.set(known, checked(known, settingTable[known][0], value));
      return true;
    }
    const base = name.startsWith('extra-') ? canonical.get(name.slice('extra-'.length)) : undefined;
    if (!base || settingTable[base][0] !== 'list') return false;
    this.#values.set(base, [...this.list(base), ...words(value)].join(' '));
    return true;
  }

  isSet(name: SettingName): boolean {
    return this.#values.has(name);
  }

  text(name: SettingName): string {
    return this.#values.get(name) ?? settingTable[name][1];
  }

  list(name: SettingName): string[] {
    return words(this.text(name));
  }

  bool(name: SettingName): boolean {
    return yes.has(this.text(name));
  }

  int(name: SettingName): number {
    return Number(this.text(name));
  }

  /** Names among the experimental features that no feature has. */
  unknownFeatures(): string[] {
    return this.list('experimental-features').filter((name) => !knownFeatures.has(name));
  }

  /** Whether an experimental feature is on. */
  feature(name: string): boolean {
    return this.list('experimental-features').includes(name);
  }
}
