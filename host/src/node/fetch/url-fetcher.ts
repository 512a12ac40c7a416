// Files and archives by URL (libfetchers/tarball.cc): downloaded once, and again when the server says that they have changed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fetchError, q } from '../../core/fetch/input.ts';
import { parseUrl, urlPathToFile } from '../../core/fetch/url.ts';
import { NativeTree } from '../files.ts';
import type { FetchContext } from './context.ts';
import { toSri } from './hashes.ts';
import { unpack } from './unpack.ts';

/** What is remembered about a URL. */
interface Answer {
  storePath: string;
  narHash: string;
  etag: string;
  lastModified: number;
  immutableUrl?: string | undefined;
}

export interface FetchedUrl extends Answer {
  /** Where it came from in the end. */
  url: string;
}

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-fetch-'));
  try {
    return await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

interface UrlRequest {
  url: string;
  name: string;
  headers?: Record<string, string>;
}

type Keep = (context: FetchContext, body: AsyncIterable<Uint8Array>, request: UrlRequest) => Promise<Omit<Answer, 'etag'>>;

async function fetchUrl(context: FetchContext, kind: string, request: UrlRequest, keep: Keep): Promise<FetchedUrl> {
  const { cache, store, download } = context;
  const key = (url: string) => [kind, url, request.name];
  const cached = cache.get<Answer>(key(request.url));
  const known = cached && (await store.isValid(cached.value.storePath)) ? cached : undefined;
  if (known && !known.expired) return { ...known.value, url: request.url };
  context.activity(`downloading ${request.url}`);
  try {
    const answer = await download({ url: request.url, etag: known?.value.etag, ...(request.headers && { headers: request.headers }) });
    const { body, urls, etag, immutableUrl } = answer;
    const value = body ? { ...(await keep(context, body, request)), etag, ...(immutableUrl && { immutableUrl }) } : known!.value;
    for (const url of urls) cache.set(key(url), value);
    return { ...value, url: urls.at(-1)! };
  } finally {
    context.activity('');
  }
}

const keepFile: Keep = ({ store }, body, { name }) =>
  inTemporaryFolder(async (folder) => {
    const file = path.join(folder, 'file');
    await pipeline(body, fs.createWriteStream(file));
    const { path: storePath, narHash } = await store.addFrom(new NativeTree(), file, name, { recursive: false });
    return { storePath, narHash: toSri(narHash), lastModified: 0 };
  });

const keepArchive: Keep = ({ store }, body, { name }) =>
  inTemporaryFolder(async (folder) => {
    const unpacked = await unpack(body, folder);
    const { path: storePath, narHash } = await store.addFrom(new NativeTree(), unpacked.folder, name, { recursive: true });
    return { storePath, narHash: toSri(narHash), lastModified: unpacked.lastModified };
  });

/** A file, as it is. */
export const fetchFile = (context: FetchContext, request: UrlRequest) => fetchUrl(context, 'file', request, keepFile);

/** An archive, unpacked. */
export async function fetchArchive(context: FetchContext, request: UrlRequest): Promise<FetchedUrl> {
  const url = parseUrl(request.url);
  if (url.scheme === 'file') checkLocalArchive(urlPathToFile(url.path), request.url);
  return fetchUrl(context, 'archive', request, keepArchive);
}

function checkLocalArchive(file: string, url: string) {
  const shown = `\x0e"${file}"\x0f`;
  if (!file.startsWith('/')) {
    throw fetchError(`tarball ${q(url)} must use an absolute path. The 'file' scheme does not support relative paths.`);
  }
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat) throw fetchError(`tarball ${shown} does not exist.`);
  if (!stat.isDirectory()) return;
  if (fs.existsSync(path.join(file, '.git'))) {
    throw fetchError(`tarball ${shown} is a git repository, not a tarball. Please use \`git+file\` as the scheme.`);
  }
  throw fetchError(`tarball ${shown} is a directory, not a file.`);
}
