// The fetchers put together.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ErrorCode } from '@vixen/eval-core';
import type { Settings } from '../../core/config/settings.ts';
import { isAllowedUri } from '../../core/fetch/allowed.ts';
import { fetchError, q, SchemeSet } from '../../core/fetch/input.ts';
import { allSchemes } from '../../core/fetch/schemes.ts';
import { parseUrl, urlPathToFile } from '../../core/fetch/url.ts';
import type { GuardedTree } from '../../core/files/access.ts';
import { normalPath } from '../../core/files/paths.ts';
import { HostError } from '../../core/io.ts';
import type { EvaluationStore } from '../eval-store.ts';
import { xdgFolder } from '../folders.ts';
import { systemErrorText } from '../system-error.ts';
import { FetchCache } from './cache.ts';
import type { FetchContext } from './context.ts';
import { createDownloader } from './download.ts';
import type { FlakeReader } from './flakes.ts';
import { FetchService } from './service.ts';

export interface OpenFetchOptions {
  settings: Settings;
  store: EvaluationStore;
  warn(text: string): void;
  activity?(text: string): void;
  /** What may be seen, where not everything may. */
  guard: GuardedTree | undefined;
  reader: FlakeReader;
}

const mostOutput = 2 ** 31;

const run: FetchContext['run'] = (program, args, { input = '', quiet = false } = {}) => {
  const env = program === 'hg' ? { ...process.env, HGPLAIN: '' } : process.env;
  const { status, stdout, error } = spawnSync(program, args, {
    input,
    env,
    maxBuffer: mostOutput,
    stdio: ['pipe', 'pipe', quiet ? 'ignore' : 'inherit'],
  });
  if (error) throw fetchError(`executing ${q(program)}: \x0e${systemErrorText(error)}\x0f`, { cause: error });
  if (status !== 0) throw fetchError(`program ${q(program)} failed with exit code \x0e${status}\x0f`);
  return stdout;
};

function featureCheck(settings: Settings) {
  return (feature: string) => {
    if (settings.feature(feature) || (feature === 'fetch-tree' && settings.feature('flakes'))) return;
    const message = `experimental Nix feature ${q(feature)} is disabled; add '\x0e--extra-experimental-features ${feature}\x0f' to enable it`;
    throw new HostError(ErrorCode.Feature, message);
  };
}

function uriCheck(settings: Settings, guard: GuardedTree | undefined) {
  return (uri: string) => {
    if (!settings.bool('restrict-eval') || isAllowedUri(uri, settings.list('allowed-uris'))) return;
    const file = uri.startsWith('/') ? uri : fileOf(uri);
    if (file === undefined) throw new HostError(ErrorCode.Restricted, `access to URI ${q(uri)} is forbidden in restricted mode`);
    guard?.check(normalPath(file));
  };
}

function fileOf(uri: string): string | undefined {
  try {
    const url = parseUrl(uri);
    return url.scheme === 'file' ? urlPathToFile(url.path) : undefined;
  } catch {
    return undefined;
  }
}

export function openFetchService({ settings, store, warn, activity = () => {}, guard, reader }: OpenFetchOptions): FetchService {
  const cacheFolder = path.join(xdgFolder(process.env, 'XDG_CACHE_HOME', '.cache'), 'vixen', 'fetch');
  const context: FetchContext = {
    schemes: new SchemeSet(allSchemes, featureCheck(settings)),
    settings,
    store,
    cache: new FetchCache(cacheFolder, settings.int('tarball-ttl')),
    download: createDownloader({ attempts: settings.int('download-attempts'), warn }),
    warn,
    activity,
    checkUri: uriCheck(settings, guard),
    allow: (storePath) => guard?.allow(storePath),
    run,
  };
  return new FetchService(context, reader);
}
