import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeInfo } from '../daemon/values/paths.ts';
import { WireReader } from '../daemon/wire/reader.ts';
import type { WireWriter } from '../daemon/wire/writer.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { sourceOf } from '../testing/trees.ts';
import { newestVersion, serverMagic, versionToWire } from './protocol.ts';
import { answersOf, conversation } from './testing.ts';

const there = sourceOf({ file: 'there' });
const more = sourceOf({ file: 'more' }, { name: 'more' });
const absent = '/nix/store/00000000000000000000000000000000-absent';

let store: Store;
beforeEach(async () => {
  store = await openStore('memory:');
  await store.add(there.info, [there.nar]);
});
afterEach(() => store.close());

async function answers(request: Buffer, write = false): Promise<WireReader> {
  const bytes = await answersOf(store, request, write);
  const reader = new WireReader(
    (async function* () {
      yield bytes;
    })(),
  );
  expect(await reader.number()).toBe(serverMagic);
  expect(await reader.number()).toBe(versionToWire(newestVersion));
  return reader;
}

type Ask = Parameters<typeof conversation>[1];
const ask = (write: Ask) => conversation(newestVersion, write);

test('what is there, and what is not', async () => {
  const reader = await answers(
    await ask((_, command) => {
      command('QueryValidPaths').bool(true).bool(true).texts([absent, there.info.path]);
      command('QueryPathInfos').texts([absent]);
    }),
  );
  expect(await reader.texts()).toEqual([there.info.path]);
  expect(await reader.text()).toBe('');
  expect(await reader.atEnd()).toBe(true);
});

test('builds are told to be none, and where the next command begins', async () => {
  const build = (out: WireWriter) => {
    for (let option = 0; option < 6; option++) out.number(0);
  };
  const reader = await answers(
    await ask((_, command) => {
      build(command('BuildPaths').texts([absent]));
      const derivation = command('BuildDerivation').text(`${absent}.drv`);
      derivation.list([absent], (path) => derivation.text('out').text(path).text('').text(''));
      build(derivation.texts([]).text('s').text('b').texts([]).number(0));
      command('QueryValidPaths').bool(false).bool(false).texts([]);
    }),
    true,
  );
  const miscFailure = 9;
  expect([await reader.number(), await reader.text()]).toEqual([miscFailure, "store 'memory:' does not support building"]);
  expect([await reader.number(), await reader.text()]).toEqual([miscFailure, "store 'memory:' does not support building"]);
  for (let field = 0; field < 4; field++) expect(await reader.number()).toBe(0);
  expect(await reader.texts()).toEqual([]);
  expect(await reader.texts()).toEqual([]);
  expect(await reader.atEnd()).toBe(true);
});

test('what is refused ends the conversation', async () => {
  const add: Ask = (out, command) => {
    writeInfo(command('AddToStoreNar'), more.info);
    return out.raw(more.nar);
  };
  const refused = async (request: Buffer, code: string, message: string, write = false) =>
    expect(answersOf(store, request, write)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  await refused(await ask(add), 'forbidden', 'importing paths is not allowed');
  await refused(await ask((_, command) => command('ImportPaths').number(0)), 'forbidden', 'importing paths is not allowed');
  await refused(await ask((_, command) => command('BuildPaths').texts([])), 'forbidden', 'building paths is not allowed');
  await refused(await ask((_, command) => command('DumpStorePath').text(absent)), 'not-found', 'is not valid');
  await refused(await ask((_, command) => command('DumpStorePath').text('/tmp/x')), 'invalid', 'is not in the Nix store');
  await refused(await ask((out) => out.number(5)), 'invalid', 'unknown serve command 5');
  await refused(await ask((out) => out.number(1)), 'unavailable', 'unexpected end-of-file');
  await refused(Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'invalid', 'protocol mismatch');
  await refused(await conversation(0x100, () => {}), 'unsupported', 'version');
  expect(await store.pathInfo(more.info.path)).toBeUndefined();
  await answers(await ask(add), true);
  expect(await store.pathInfo(more.info.path)).toMatchObject({ path: more.info.path });
});
