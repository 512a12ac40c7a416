// Packs for specs, made as a user would.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The top of the repository. */
export const top = fileURLToPath(new URL('../../..', import.meta.url));

export function pack(folder: string, out: string) {
  execFileSync(process.execPath, ['scripts/bootstrap.mjs', 'playground-pack', folder, '--out', out, '--json'], { cwd: top, stdio: 'pipe' });
}
