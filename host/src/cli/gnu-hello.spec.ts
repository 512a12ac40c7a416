// Real software: GNU hello of Debian's source package, by a compiler from Debian's packages, runs from its store path.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingBubblewrap } from './testing/bubblewrap.ts';
import { type DebianInputs, downloadHello, missingDebian } from './testing/debian.ts';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const missing = missingBubblewrap() ?? missingDebian();

describe.skipIf(missing !== undefined)(`GNU hello${missing ? ` (${missing})` : ''}`, () => {
  let folder: string;
  let inputs: DebianInputs;
  beforeAll(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-hello-')));
    inputs = downloadHello(folder);
  });
  afterAll(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const vixen = (...args: string[]) => {
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: `${folder}/data`, XDG_CACHE_HOME: `${folder}/cache`, NIX_CONF_DIR: folder };
    const config = { NIX_CONFIG: 'substituters =', VIXEN_STORE: `${folder}/root` };
    return execFileSync(process.execPath, [at('../../bin/vixen.cjs'), ...args], {
      cwd: folder,
      env: { ...env, ...config },
      encoding: 'utf8',
      stdio: 'pipe',
    });
  };

  test('it is built, and runs', () => {
    const args = Object.entries(inputs).flatMap(([name, place]) => ['--argstr', name, place]);
    const expression = `args: import ${at('../../../builder/tests/gnu-hello')} (builtins.mapAttrs (_: place: /. + place) args)`;
    fs.writeFileSync(path.join(folder, 'default.nix'), `{ debs, source, busybox }@args: (${expression}) args`);
    const [hello, greeting] = vixen('nix-build', '-A', 'hello', '-A', 'greeting', ...args, '--no-out-link')
      .trim()
      .split('\n');
    expect(vixen('store', 'cat', greeting!)).toBe(`built, and run from ${hello}\n`);
    expect(vixen('run', '-f', 'default.nix', 'hello', ...args)).toBe('Hello, world!\n');
  }, 300_000);
});
