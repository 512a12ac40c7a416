/** What bundles leave out: the runtime's own modules, and packages with native code, which find it beside themselves. */
export const externals = ['bun:*', 'bun', '@napi-rs/lzma', '@toondepauw/node-zstd', 'lzma-native', 'lmdb'];
