// Bun for the tests: that of the optional dependency (its own launcher needs a script to have been run), or the one on PATH.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

function findBun(): string | undefined {
  const packages = fileURLToPath(new URL('../../../../node_modules/@oven', import.meta.url));
  const installed = fs.existsSync(packages) ? fs.readdirSync(packages).map((name) => path.join(packages, name, 'bin/bun')) : [];
  return [...installed, 'bun'].find((candidate) => spawnSync(candidate, ['--version'], { timeout: 30_000 }).status === 0);
}

/** The path or name of a Bun that runs here; undefined where there is none. */
export const bun = findBun();
