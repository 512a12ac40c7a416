// Packs for specs.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makePack } from '../../src/node/pack/pack.ts';
import { nixpkgsWorkloads } from '../../src/node/pack/workloads.ts';

/** The top of the repository. */
export const top = fileURLToPath(new URL('../../..', import.meta.url));

export async function pack(folder: string, out: string): Promise<void> {
  await makePack({ root: folder, out, workloads: nixpkgsWorkloads });
}

/** As a user does. One spec alone may: the command writes its own program anew each time. */
export function packByCommand(folder: string, out: string) {
  execFileSync(process.execPath, ['scripts/bootstrap.mjs', 'playground-pack', folder, '--out', out, '--json'], { cwd: top, stdio: 'pipe' });
}
