// What builds need of the machine: a sandbox and a static shell. Where something is missing, the one command that installs it is said; in CI, as
// root on Debian, it is run.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { installation as installing, installPackages, isRootOnDebian } from './debian.mjs';

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

const installation = installing(packages);

/** Answers whether something can be built here; says what is missing otherwise. `all` wants every backend that has specs. */
export function prepareSandbox({ all = false } = {}) {
  const isThere = () => hasShell() && (all ? workingSandboxes().length > 1 : workingSandboxes().length > 0);
  if (isThere()) return true;
  if (process.env.CI && isRootOnDebian() && installPackages(packages) && isThere()) return true;
  if (hasShell() && workingSandboxes().length > 0) return true;
  const why =
    process.platform === 'linux' ? `as root: ${installation}` : 'builds need Linux; elsewhere a builder on another machine does it';
  console.error(`vixen: nothing can be built here yet, for there is no sandbox with a shell. To install them, ${why}`);
  return false;
}
