// Debian packages that tests need. In CI, as root, they are installed; elsewhere the command is said.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** The command that installs the packages. */
export const installation = (packages) => `apt-get install -y ${packages.join(' ')}`;

export const isRootOnDebian = () => process.getuid?.() === 0 && fs.existsSync('/etc/debian_version');

/** Installs; answers whether that went well. */
export function installPackages(packages) {
  console.error(`vixen: ${installation(packages)}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0;
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  return apt(install) || (apt(['update', '-q']) && apt(install));
}
