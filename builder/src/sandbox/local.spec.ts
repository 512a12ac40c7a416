import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openBuilder } from '../open.ts';
import { staticShell } from './machine.ts';
import { tryUnshare } from './probe.ts';
import { scriptRequest, testStore } from './testing/requests.ts';
import { sandboxTests } from './testing/sandbox-tests.ts';

const missing = tryUnshare() ?? (staticShell() === undefined ? 'there is no static shell' : undefined);

if (missing === undefined) {
  describe('local:', () => sandboxTests({ url: 'local:', sandboxed: false }));

  // As on a machine without /nix, on which a builder would otherwise decide where stores lie.
  test.each([0o755, 0o700])('local: the machine needs no folder for the store, and gets none (store of mode %o)', async (mode) => {
    const { store, close } = await testStore(mode);
    const top = fs.readdirSync('/');
    const builder = await openBuilder('local:', { store });
    const name = `${'0'.repeat(32)}-out`;
    const output = `no-such-folder/store/${name}`;
    const inputsDirectory = 'no-such-folder/store';
    const environment = new Map([
      ['out', `/${output}`],
      ['top', '/build'],
    ]);
    const script = `read name < /proc/self/comm && ${staticShell()} test -d /usr/bin && echo "$name" > $top/x && read x < $top/x && echo $x > $out`;
    const scratchPaths = ['build', inputsDirectory];
    const request = scriptRequest(script, { inputsDirectory, scratchPaths, outputs: [output], environment });
    for (let i = 0; i < 2; i++) {
      const { outputs } = await builder.build(request);
      expect(outputs).toEqual([expect.objectContaining({ path: output })]);
    }
    await builder.close();
    expect(fs.readdirSync('/')).toEqual(top);
    await close();
  });
} else test.skip(`local: (${missing})`, () => {});
