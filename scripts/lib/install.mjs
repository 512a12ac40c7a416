// npm install, only when node_modules is not what package-lock.json asks for.
import fs from 'node:fs';
import { at } from './paths.mjs';
import { run } from './run.mjs';

const readJson = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined);

/**
 * Whether node_modules differs from the lock file. npm keeps a lock file of what it has installed in
 * `node_modules/.package-lock.json`; optional packages (binaries for other platforms) may be missing from it.
 */
export function installIsStale(wanted, installed) {
  if (!wanted || !installed) return true;
  return Object.entries(wanted.packages).some(([name, entry]) => {
    if (!name.startsWith('node_modules/') && !name.includes('/node_modules/')) return false;
    const there = installed.packages[name];
    if (!there) return !entry.optional && !entry.devOptional && !entry.peer;
    return there.version !== entry.version || there.integrity !== entry.integrity;
  });
}

/**
 * Makes node_modules what the lock file says. Not `npm ci`: that refuses a lock file which does not list the optional binaries of every
 * platform, and some registries do not carry them all. `--no-save` leaves the lock file as it is.
 */
export function install() {
  if (!installIsStale(readJson(at('package-lock.json')), readJson(at('node_modules/.package-lock.json')))) return false;
  console.error('vixen: installing packages');
  const args = ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm tells its children where its own script is; without it (started by hand) npm is looked up on PATH.
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...args], { stdio: ['ignore', 2, 2] });
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { stdio: ['ignore', 2, 2] });
  return true;
}
