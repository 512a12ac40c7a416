// The serve protocol: what `nix-store --serve` answers is answered byte for byte, and Nix's `ssh://` stores take us for one.
import fs from 'node:fs';
import type { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeInfo } from '../daemon/values/paths.ts';
import type { WireWriter } from '../daemon/wire/writer.ts';
import { exportPaths } from '../export.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { bridge } from '../testing/bridge.ts';
import { missingNix, NixOracle } from '../testing/oracle.ts';
import { collectBytes, noise, sourceOf, strangeTree, textOf } from '../testing/trees.ts';
import { serveStore } from './server.ts';
import { answersOf, conversation } from './testing.ts';

const missing = missingNix();

const inner = sourceOf({ file: noise(300_000) }, { name: 'inner' });
const outer = sourceOf(strangeTree, { name: 'outer', references: [inner.info.path] });
const added = sourceOf({ file: 'added' }, { name: 'added' });
const imported = sourceOf({ file: 'imported' }, { name: 'imported' });
const made = sourceOf({ file: 'made' }, { name: 'x' });
const madeHash = Buffer.from(made.info.narHash).toString('hex');
const drv = textOf(`Derive([("out","${made.info.path}","r:sha256","${madeHash}")],[],[],"s","b",[],[("out","${made.info.path}")])`, {
  name: 'x.drv',
});
const absent = '/nix/store/00000000000000000000000000000000-absent';

describe.skipIf(missing !== undefined)(`the serve protocol${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  let store: Store;

  beforeEach(async () => {
    nix = new NixOracle();
    store = await openStore(`embedded://${nix.at('ours')}`);
  });
  afterEach(async () => {
    await store?.close();
    nix?.remove();
  });

  const fill = async (to: Store) => {
    for (const { info, nar } of [inner, outer, made, drv]) await to.add(info, [nar]);
  };

  test.each([7, 6, 5, 3, 1])('as nix-store has it, protocol 2.%i', async (version) => {
    await fill(store);
    const cache = await openStore(`file://${nix.at('cache')}`);
    await fill(cache);
    await nix.output('nix', ['copy', '--no-check-sigs', '--all', '--from', `file://${nix.at('cache')}`, '--to', nix.store]);
    const source = await openStore('memory:', { requireSignatures: false });
    await source.add(imported.info, [imported.nar]);
    const stream = await collectBytes(exportPaths(source, [imported.info]));
    const buildOptions = (out: WireWriter) => {
      const count = version >= 7 ? 6 : version >= 3 ? 5 : version >= 2 ? 3 : 2;
      for (let i = 0; i < count; i++) out.number(0);
    };
    const paths = [outer.info.path, inner.info.path, absent].sort();
    const request = await conversation(version, async (out, command) => {
      command('QueryValidPaths').bool(true).bool(false).texts(paths);
      command('QueryPathInfos').texts(paths);
      command('DumpStorePath').text(outer.info.path);
      command('QueryClosure').bool(false).texts([outer.info.path]);
      command('QueryClosure').bool(true).texts([drv.info.path]);
      writeInfo(command('AddToStoreNar'), added.info);
      await out.raw(added.nar);
      await command('ImportPaths').raw(stream);
      buildOptions(command('BuildPaths').texts([added.info.path, drv.info.path, `${drv.info.path}!out`]));
      command('QueryPathInfos').texts([added.info.path, imported.info.path].sort());
    });
    // It builds nothing for a client that has gone already.
    const theirs = await nix.bytes('bash', ['-c', '(cat; sleep 0.5) | nix-store --serve --write'], { input: request });
    expect(Buffer.compare(await answersOf(store, request), theirs)).toBe(0);
    await source.close();
    await cache.close();
  });

  /** Runs Nix with our store as an `ssh://` store. */
  const withNix = async (run: (url: string, program: string) => Promise<string>, write = true) => {
    const { program, input, output, close } = await bridge(nix);
    // What went wrong on our side is what a server would have said before it went.
    const served = serveStore(store, input, sendTo(output), { write })
      .catch((error: unknown) => said.push(String(error)))
      .finally(() => output.end());
    try {
      return await run(`ssh://localhost?remote-program=${program}`, program);
    } finally {
      close();
      await served;
    }
  };
  let said: string[] = [];

  test("Nix's ssh:// stores: closures there and back, and what is known of them", async () => {
    said = [];
    const source = await openStore(`file://${nix.at('cache')}`);
    await fill(source);
    await source.close();
    const all = [inner, outer, made, drv].map(({ info }) => info.path).sort();
    await withNix((url) => nix.output('nix', ['copy', '--no-check-sigs', '--all', '--from', `file://${nix.at('cache')}`, '--to', url]));
    expect([...(await store.pathInfos(all)).keys()].sort()).toEqual(all);
    for (const { info, nar } of [inner, outer]) expect(Buffer.compare(await collectBytes(store.nar(info.path)), nar)).toBe(0);
    const infos = await withNix((url) => nix.output('nix', ['path-info', '--json', '--closure-size', '--store', url, outer.info.path]));
    expect(Object.values(JSON.parse(infos))).toMatchObject([
      { narSize: outer.info.narSize, closureSize: outer.info.narSize + inner.info.narSize, references: [inner.info.path] },
    ]);
    await withNix((url) => nix.output('nix', ['copy', '--no-check-sigs', '--from', url, outer.info.path]));
    expect((await nix.output('nix', ['path-info', '--all'])).trim().split('\n').sort()).toEqual([inner.info.path, outer.info.path].sort());
    expect((await nix.run('nix', ['store', 'verify', '--no-trust', '--all'])).code).toBe(0);
    await withNix((_, program) => {
      // On this machine it runs what is called so in PATH.
      fs.mkdirSync(nix.at('bin'));
      fs.symlinkSync(program, nix.at('bin', 'nix-store'));
      return nix.output('bash', ['-c', `PATH=${nix.at('bin')}:$PATH exec nix-copy-closure --from localhost ${drv.info.path}`]);
    });
    expect((await nix.output('nix', ['path-info', '--all'])).trim().split('\n').sort()).toEqual(
      all.filter((path) => path !== made.info.path),
    );
    expect(said).toEqual([]);
  });

  test('without --write nothing is added', async () => {
    said = [];
    fs.writeFileSync(nix.at('file'), 'new');
    const path = (await nix.output('nix-store', ['--add', 'file'])).trim();
    await expect(withNix((url) => nix.output('nix', ['copy', '--to', url, path]), false)).rejects.toThrow('exit code 1');
    expect(said.join()).toContain('importing paths is not allowed');
  });
});

const sendTo = (stream: Writable) => async (parts: readonly Uint8Array[]) => {
  for (const part of parts)
    await new Promise<void>((resolve, reject) => stream.write(part, (error) => (error ? reject(error) : resolve())));
};
