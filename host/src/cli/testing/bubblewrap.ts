// Whether builds can be sandboxed here, for specs that build.
import { spawnSync } from 'node:child_process';

const args = ['--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'];

/** Why nothing can be built in bubblewrap; undefined where it works. */
export const missingBubblewrap = (): string | undefined =>
  spawnSync('bwrap', args, { stdio: 'ignore' }).status === 0 ? undefined : 'bubblewrap does not work here';
