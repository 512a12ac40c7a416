/** `file:`, `http:` and `https:`. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../errors.ts';
import { readSecretKeyFiles } from '../formats/key-files.ts';
import { HttpClient } from '../http/client.ts';
import type { CacheFiles } from '../http/files.ts';
import { LocalFiles } from '../http/local-files.ts';
import { RemoteFiles } from '../http/remote-files.ts';
import type { OpenBackend, OpenOptions } from '../open.ts';
import { BinaryCache } from './binary-cache.ts';
import { type BinaryCacheParams, binaryCacheParams } from './binary-cache-params.ts';

export const openBinaryCache: OpenBackend = async (url, options) => {
  const params = binaryCacheParams(url, options.warn);
  const secretKeys = await readSecretKeyFiles(params.secretKeyFiles, { warn: options.warn });
  const files = url.protocol === 'file:' ? new LocalFiles(folderOf(url)) : await remoteFiles(url, params, options);
  const cache = new BinaryCache({ files, params, secretKeys, readOnly: options.readOnly ?? false });
  try {
    // A folder that is not there yet is made with the first path.
    const there = await cache.readCacheInfo({ signal: options.signal });
    if (!there && options.readOnly && url.protocol !== 'file:') throw noCache(cache.url);
    return cache;
  } catch (error) {
    await files.close();
    throw error;
  }
};

const noCache = (url: string) => new StoreError('not-found', `'${url}' does not appear to be a binary cache`);

function folderOf(url: URL): string {
  if (url.host !== '') throw new StoreError('invalid', `'${url.href}' names another machine; a file URL is file:///FOLDER`);
  const bare = new URL(url);
  bare.search = '';
  return fileURLToPath(bare).replace(/(.)\/+$/, '$1');
}

async function remoteFiles(url: URL, params: BinaryCacheParams, { netrcFile, warn }: OpenOptions): Promise<CacheFiles> {
  const pem = async (file: string | undefined) => (file === undefined ? undefined : readFile(file, 'utf8'));
  const client = new HttpClient({
    netrcFile,
    warn,
    certificate: await pem(params.certificateFile),
    privateKey: await pem(params.privateKeyFile),
  });
  const { narinfoCompression, listingCompression, logCompression } = params;
  return new RemoteFiles(url, client, { narinfo: narinfoCompression, listing: listingCompression, log: logCompression });
}
