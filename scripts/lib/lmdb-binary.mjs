// What the bundle has in place of `node-gyp-build-optional-packages`, which looks into many folders: LMDB's binary under the name that its package has for it. Where that
// one is not there, or does not work, the package itself looks.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

export default function load() {
  const { platform, arch, versions } = process;
  const abi = versions.bun === undefined ? `abi${versions.modules}` : 'napi';
  for (const name of new Set([abi, 'napi'])) {
    try {
      return require(`@lmdb/lmdb-${platform}-${arch}/node.${name}.glibc.node`);
    } catch {
      // The next one.
    }
  }
  return require('node-gyp-build-optional-packages')(path.join(path.dirname(require.resolve('lmdb')), '..'));
}
