// Realisations: named as Nix names them, and carried between stores by Nix's copies and ours.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DaemonServer, serveDaemon } from '../daemon/server/serve.ts';
import { openStore } from '../open.ts';
import type { Realisation } from '../path-info.ts';
import type { Store } from '../service.ts';
import { missingNix, NixOracle } from '../testing/oracle.ts';
import { sourceOf } from '../testing/trees.ts';
import { outputHashes } from './output-hashes.ts';
import { realisedOutputs } from './realised.ts';
import { storedDerivation } from './stored.ts';

const missing = missingNix();

const expression = `
  let
    d = name: more: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; } // more);
    ca = name: more: d name ({ __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; } // more);
    fixed = d "fixed" { outputHash = "\${builtins.hashString "sha256" "x"}"; outputHashAlgo = "sha256"; outputHashMode = "flat"; a = first; };
    plain = d "plain" { outputs = [ "out" "lib" ]; inherit fixed; };
    first = ca "first" { outputs = [ "out" "dev" ]; src = builtins.toFile "text" "text"; };
    second = ca "second" { a = first; b = first.dev; c = plain.lib; d = plain; inherit fixed; };
    deferred = d "deferred" { inherit second first; outputs = [ "bin" "out" ]; };
  in [ first second deferred ]`;

describe.skipIf(missing !== undefined)(`realisations${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  let cache: Store;
  let ours: Store;
  let server: DaemonServer;
  let drvPaths: string[];
  let realisations: Realisation[];

  const url = () => `file://${nix.at('cache')}`;
  const daemon = () => `unix://${nix.at('socket')}?root=${nix.at('ours')}`;
  const outputsIn = async (remote: string, drvPath: string) =>
    (await nix.output('nix', ['path-info', '--store', remote, `${drvPath}^*`])).trim().split('\n').sort();
  const outPaths = (drvPath: string) => realisations.filter((_, i) => owners[i] === drvPath).map(({ outPath }) => outPath);
  let owners: string[];

  beforeAll(async () => {
    nix = new NixOracle();
    const printed = await nix.output('nix-instantiate', ['-E', expression]);
    drvPaths = printed
      .trim()
      .split('\n')
      .map((line) => line.replace(/!.*/, ''));
    await nix.output('nix', ['copy', '--to', url(), ...drvPaths]);
    cache = await openStore(url());
    ours = await openStore(`embedded://${nix.at('ours')}`);
    server = await serveDaemon(ours, { socket: nix.at('socket'), trusted: true, checkOut: true });
    // What builds would have made.
    realisations = [];
    owners = [];
    for (const drvPath of drvPaths) {
      for (const [output, hash] of await outputHashes(cache, await storedDerivation(cache, drvPath, {}))) {
        const { info, nar } = sourceOf({ file: `${drvPath}!${output}` }, { name: `built-${output}` });
        await cache.add(info, [nar]);
        realisations.push({ id: `sha256:${hash}!${output}`, outPath: info.path, signatures: [], dependentRealisations: {} });
        owners.push(drvPath);
      }
    }
  });

  afterAll(async () => {
    await server?.close();
    await ours?.close();
    await cache?.close();
    nix?.remove();
  });

  test('what no realisation names is not known', async () => {
    for (const drvPath of drvPaths) {
      expect((await realisedOutputs(cache, drvPath, '*')).map(({ path }) => path)).toEqual(
        [undefined, undefined].slice(0, outPaths(drvPath).length),
      );
    }
  });

  test('Nix finds in a binary cache what we have named', async () => {
    for (const realisation of realisations) await cache.realisations!.put(realisation);
    expect(fs.readdirSync(nix.at('cache', 'realisations')).length).toBe(5);
    for (const drvPath of drvPaths) expect(await outputsIn(url(), drvPath)).toEqual(outPaths(drvPath).sort());
  });

  test("Nix's copy brings them to our daemon, which answers what Nix asks", async () => {
    const names = drvPaths.map((drvPath) => `${drvPath}^*`);
    await nix.output('nix', ['copy', '--no-check-sigs', '--from', url(), '--to', daemon(), ...names, ...drvPaths]);
    for (const drvPath of drvPaths) {
      expect(await outputsIn(daemon(), drvPath)).toEqual(outPaths(drvPath).sort());
      const outputs = await realisedOutputs(ours, drvPath, '*');
      expect(outputs.map(({ path }) => path).sort()).toEqual(outPaths(drvPath).sort());
    }
    expect(await nix.output('nix', ['build', '--no-link', '--print-out-paths', '--store', daemon(), names[1]!])).toBe(
      `${outPaths(drvPaths[1]!)[0]}\n`,
    );
  });
});
