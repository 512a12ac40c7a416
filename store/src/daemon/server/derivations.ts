/** Derivations that lie in a store. */
import { NarError, NarReader } from '@vixen/wasm';
import { notValid, StoreError } from '../../errors.ts';
import { type Derivation, parseDerivation } from '../../formats/derivation/index.ts';
import type { CallOptions, Store } from '../../service.ts';
import { wasmHashes } from '../../wasm.ts';

/** No honest derivation is larger. */
const maxSize = 64 * 1024 * 1024;

/** Reads the `.drv` at a store path. Fails with `not-found` where it is not valid. */
export async function storedDerivation(store: Store, path: string, options: CallOptions): Promise<Derivation> {
  const info = await store.pathInfo(path, options);
  if (!info) throw notValid(path);
  if (!path.endsWith('.drv')) throw new StoreError('invalid', `path '${path}' is not a derivation`);
  if (info.narSize > maxSize) throw new StoreError('exhausted', `derivation '${path}' is too large: ${info.narSize} bytes`);
  return parseDerivation(await contentsOf(store, path, options), path, store.directory);
}

async function contentsOf(store: Store, path: string, options: CallOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const refuse = (): never => {
    throw new StoreError('invalid', `path '${path}' is not a regular file`);
  };
  const nar = new NarReader(wasmHashes(), {
    directory: refuse,
    symlink: refuse,
    file: () => {},
    contents: (bytes) => parts.push(bytes.slice()),
  });
  try {
    for await (const chunk of store.nar(path, options)) nar.write(chunk);
    nar.end();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('corrupt', `path '${path}': ${cause.message}`, { cause });
    throw cause;
  }
  return Buffer.concat(parts);
}
