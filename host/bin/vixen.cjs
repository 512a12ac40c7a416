#!/usr/bin/env node
// The launcher that npm links as `vixen`. It is committed, so that the link exists before the first build; the program is the bundle
// that `npm run build` makes. V8's compile cache has to be switched on before the bundle is loaded, so it happens here.
import module from 'node:module';
import os from 'node:os';
import path from 'node:path';

const { env, versions } = process;
if (module.enableCompileCache && !versions.bun && !env.NODE_COMPILE_CACHE && !env.NODE_DISABLE_COMPILE_CACHE) {
  // Not the default, which is a folder below the temporary directory that every user of the machine may write to.
  module.enableCompileCache(path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'vixen', 'v8'));
}

try {
  await import('../dist/vixen.mjs');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('vixen.mjs')) throw error;
  process.stderr.write('vixen: not built yet; run `npm run build` in the repository first\n');
  process.exitCode = 1;
}
