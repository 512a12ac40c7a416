#!/usr/bin/env node
// The launcher that npm links as `vixen`. It is committed, so that the link exists before the first build; the program is the bundle
// that `npm run build` makes. V8's compile cache has to be switched on before the bundle is loaded, so it happens here.
const module_ = require('node:module');

const { env, versions } = process;
if (module_.enableCompileCache && !versions.bun && !env.NODE_COMPILE_CACHE && !env.NODE_DISABLE_COMPILE_CACHE) {
  // Not the default, which is a folder below the temporary directory that every user of the machine may write to.
  const cache = env.XDG_CACHE_HOME || require('node:path').join(require('node:os').homedir(), '.cache');
  module_.enableCompileCache(require('node:path').join(cache, 'vixen', 'v8'));
}

try {
  require('../dist/vixen.cjs');
} catch (error) {
  if (error?.code !== 'MODULE_NOT_FOUND' || !String(error.message).includes('vixen.cjs')) throw error;
  process.stderr.write('vixen: not built yet; run `npm run build` in the repository first\n');
  process.exitCode = 1;
}
