// What builds need of the machine: a sandbox and a static shell. Where something is missing, the one command that installs it is said; in CI, as
// root on Debian, it is run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const packages = ['bubblewrap', 'busybox-static', 'runc'];
const shells = ['/bin/busybox', '/usr/bin/busybox', '/usr/lib/busybox/busybox-static', '/bin/busybox.static'];

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Which sandboxes work here. */
export function workingSandboxes() {
  if (process.platform !== 'linux') return [];
  const bwrap = ['--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'];
  const tests = { bwrap: () => runs('bwrap', bwrap), runc: () => runs('runc', ['--version']), crun: () => runs('crun', ['--version']) };
  return Object.keys(tests).filter((name) => tests[name]());
}

const hasShell = () => shells.some((file) => fs.existsSync(file));

const installation = `apt-get install -y ${packages.join(' ')}`;

function installPackages() {
  console.error(`vixen: ${installation}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  return apt(install) || (apt(['update', '-q']) && apt(install));
}

const isRootOnDebian = () => process.getuid?.() === 0 && fs.existsSync('/etc/debian_version');

/** Answers whether something can be built here; says what is missing otherwise. `all` wants every backend that has specs. */
export function prepareSandbox({ all = false } = {}) {
  const isThere = () => hasShell() && (all ? workingSandboxes().length > 1 : workingSandboxes().length > 0);
  if (isThere()) return true;
  if (process.env.CI && isRootOnDebian() && installPackages() && isThere()) return true;
  if (hasShell() && workingSandboxes().length > 0) return true;
  const why =
    process.platform === 'linux' ? `as root: ${installation}` : 'builds need Linux; elsewhere a builder on another machine does it';
  console.error(`vixen: nothing can be built here yet, for there is no sandbox with a shell. To install them, ${why}`);
  return false;
}
