/**
 * Compressors in native code, where the platform has them. They are optional packages with binaries inside: without them everything is still
 * read, more slowly, and what cannot be written says so.
 */
import type { XzNative, ZstdNative } from './native-types.ts';

async function optionally<T>(load: () => Promise<unknown>): Promise<T | undefined> {
  try {
    const module = (await load()) as { default?: T };
    // CommonJS packages: loaded by `import()`, their exports are below `default`.
    return module.default ?? (module as T);
  } catch {
    return undefined;
  }
}

const once = <T>(load: () => Promise<T>) => {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
};

/** One-shot Zstandard. */
export const zstdNative = once(() => optionally<ZstdNative>(() => import('@toondepauw/node-zstd')));
/** One-shot decompression of xz. */
export const xzDecoderNative = once(() => optionally<typeof import('@napi-rs/lzma')>(() => import('@napi-rs/lzma')));
/** Streaming compression to xz. */
export const xzEncoderNative = once(() => optionally<XzNative>(() => import('lzma-native')));
