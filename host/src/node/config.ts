// Nix's configuration files and variables, in the order in which Nix reads them (libstore/globals.cc `loadConfFile`).
import fs from 'node:fs';
import { applyConfig, parseConfig } from '../core/config/nix-conf.ts';
import { splitNixPath } from '../core/config/nix-path.ts';
import { Settings } from '../core/config/settings.ts';
import { homeFolder, xdgFolder } from './folders.ts';
import { hasErrorCode } from './system-error.ts';

type Environment = Record<string, string | undefined>;

function read(path: string): string | undefined | null {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    return hasErrorCode(error, 'ENOENT') ? undefined : null;
  }
}

function userFiles(env: Environment): string[] {
  const listed = env.NIX_USER_CONF_FILES;
  if (listed !== undefined) return listed.split(':').filter((file) => file !== '');
  const home = xdgFolder(env, 'XDG_CONFIG_HOME', '.config');
  const shared = (env.XDG_CONFIG_DIRS || '/etc/xdg').split(':').filter((folder) => folder !== '');
  return [home, ...shared].map((folder) => `${folder}/nix/nix.conf`);
}

export interface LoadedConfig {
  settings: Settings;
  /** Names that no setting has, in their order. */
  unknown: string[];
  /** The files of it, whether they are there or not. */
  files: string[];
}

/** All of the configuration but the command line. */
export function loadConfig(env: Environment): LoadedConfig {
  const settings = new Settings();
  const unknown: string[] = [];
  const files: string[] = [];
  const readNoted = (path: string) => {
    files.push(path);
    return read(path);
  };
  const options = { nixPathIsSet: env.NIX_PATH !== undefined };
  const apply = (text: string, path: string) => unknown.push(...applyConfig(settings, parseConfig(text, path, readNoted), options));
  for (const path of [`${env.NIX_CONF_DIR || '/etc/nix'}/nix.conf`, ...userFiles(env).reverse()]) {
    const text = readNoted(path);
    if (typeof text === 'string') apply(text, path);
  }
  if (env.NIX_CONFIG !== undefined) apply(env.NIX_CONFIG, 'NIX_CONFIG');
  if (/^(?:1|yes|true)$/.test(env.NIX_ABORT_ON_WARN ?? '')) settings.set('abort-on-warn', 'true');
  if (env.NIX_PATH !== undefined) settings.set('nix-path', splitNixPath(env.NIX_PATH).join(' '));
  return { settings, unknown, files };
}

/** The search path entries that Nix has without any configuration, where there is something. */
export function defaultNixPath(env: Environment, exists: (path: string) => boolean): string[] {
  const home = homeFolder(env);
  const state = env.NIX_STATE_DIR || '/nix/var/nix';
  const channels = `${state}/profiles/per-user/root/channels`;
  const entries: [prefix: string, path: string][] = [
    ['', `${home}/.nix-defexpr/channels`],
    ['nixpkgs=', `${channels}/nixpkgs`],
    ['', channels],
  ];
  return entries.filter(([, path]) => exists(path)).map(([prefix, path]) => prefix + path);
}
