/**
 * What every store has to do, as specs: `storeTests('memory:', async () => openStore('memory:'))`. Capabilities that a store lacks are not tested;
 * what a backend cannot do by its nature is said in `lacks`.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { SecretKey } from '../formats/keys.ts';
import { signRealisation } from '../formats/realisation.ts';
import { hashPartOf } from '../formats/store-path.ts';
import type { OpenOptions } from '../open.ts';
import type { PathInfo, Realisation } from '../path-info.ts';
import type { Store } from '../service.ts';
import { castoreTests } from './castore-tests.ts';
import { collectorTests } from './collector-tests.ts';
import { type Added, collectBytes, noise, outputOf, sourceOf, strangeTree, textOf } from './trees.ts';

export type StoreLack =
  /** The store tells neither all paths nor referrers. */
  | 'listing'
  /** What is there is not replaced. */
  | 'repair'
  /** The other side checks signatures as it likes. */
  | 'trust'
  /** `verify` is not of this store. */
  | 'verify'
  /** The other side believes realisations that it is given. */
  | 'realisation signatures'
  /** Realisations lose their signatures. */
  | 'realisations'
  /** It is collected by other rules. */
  | 'collector'
  /** Logs are taken, but not given. */
  | 'reading logs'
  | 'logs'
  /** The other side's errors come as words, whose codes are guessed. */
  | 'error codes';

export interface StoreTestOptions {
  readonly lacks?: readonly StoreLack[];
  /** Closes a store and opens the same contents again, where that makes a difference (temporary roots end). */
  readonly reopen?: (store: Store) => Promise<Store>;
}

/** Opens an empty store with these options; it is closed after each test. */
export type OpenForTest = (options: OpenOptions) => Promise<Store>;

const key = SecretKey.generate('test-1');
const stranger = SecretKey.generate('test-2');
const missing = '/nix/store/00000000000000000000000000000000-missing';

const failure = (code: string, message?: string | RegExp) =>
  expect.objectContaining({ code, ...(message === undefined ? {} : { message: expect.stringMatching(message) }) });

/** The same, signed by the key that the stores of these specs trust. */
const signed = ({ info, nar }: Added, by = key): Added => ({
  nar,
  info: { ...info, signatures: [...info.signatures, by.sign(pathFingerprint(info))] },
});

export function storeTests(name: string, open: OpenForTest, { lacks = [], reopen }: StoreTestOptions = {}): void {
  describe(name, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open({ trustedPublicKeys: [key.publicKey.toString()] });
    });
    afterEach(async () => store.close());
    const current = () => store;
    emptyStoreTests(current, lacks);
    addingTests(current, lacks);
    refusalTests(current, lacks);
    if (!lacks.includes('trust')) trustTests(current);
    concurrencyTests(current);
    optionalTests(current, lacks);
    castoreTests(current);
    if (lacks.includes('collector')) return;
    collectorTests(current, async () => {
      if (reopen) store = await reopen(store);
    });
  });
}

const add = (store: Store, { info, nar }: Added) => store.add(info, [nar]);

async function expectStored(store: Store, { info, nar }: Added): Promise<void> {
  const { path, narHash, narSize, references, ca } = info;
  expect(await store.pathInfo(path)).toMatchObject({ path, narHash, narSize, references, ...(ca ? { ca } : {}) });
  expect(Buffer.compare(await collectBytes(store.nar(path)), nar)).toBe(0);
}

function emptyStoreTests(current: () => Store, lacks: readonly StoreLack[]): void {
  test('what is missing is undefined, or an error where it has to be there', async () => {
    const store = current();
    expect(store.directory).toBe('/nix/store');
    expect(await store.pathInfo(missing)).toBeUndefined();
    expect(await store.pathInfos([missing])).toEqual(new Map());
    expect(await store.pathInfos([])).toEqual(new Map());
    expect(await store.pathFromHashPart('0'.repeat(32))).toBeUndefined();
    await expect(collectBytes(store.nar(missing))).rejects.toEqual(failure('not-found', missing));
    if (!lacks.includes('listing')) expect(await allPaths(store)).toEqual([]);
  });
}

async function allPaths(store: Store): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of store.paths()) paths.push(path);
  return paths.sort();
}

function addingTests(current: () => Store, lacks: readonly StoreLack[]): void {
  test.each<[string, Added]>([
    ['a file', sourceOf({ file: 'hello' })],
    ['an empty file', sourceOf({ file: '' })],
    ['an executable', sourceOf({ file: '#!/bin/sh\n', executable: true })],
    ['a link', sourceOf({ link: '/somewhere/else' })],
    ['an empty directory', sourceOf({ entries: {} })],
    ['names and contents of all kinds', sourceOf(strangeTree)],
    ['a large file', sourceOf({ file: noise(3_000_001) })],
    ['a text', textOf('some text')],
  ])('%s comes back as it was', async (_, added) => {
    await add(current(), added);
    await expectStored(current(), added);
  });

  test('archives may come in any pieces', async () => {
    const added = sourceOf(strangeTree);
    const pieces = async function* () {
      for (let at = 0, size = 1; at < added.nar.length; at += size, size = (size * 7) % 9973) yield added.nar.subarray(at, at + size);
    };
    await current().add(added.info, pieces());
    await expectStored(current(), added);
  });

  test('all that is known of a path is kept', async () => {
    const dependency = textOf('dependency', { name: 'dependency' });
    const deriver = '/nix/store/11111111111111111111111111111111-output.drv';
    const own = outputOf({ file: 'x' }, { name: 'own' }).info.path;
    const added = signed(outputOf({ file: 'x' }, { name: 'output', references: [dependency.info.path], deriver }));
    const self = signed({
      ...outputOf({ file: own }, { name: 'own' }),
      info: { ...outputOf({ file: own }, { name: 'own' }).info, references: [own] },
    });
    const store = current();
    for (const each of [dependency, added, self]) await add(store, each);
    expect(await store.pathInfo(added.info.path)).toMatchObject({ ...added.info });
    expect((await store.pathInfo(own))?.references).toEqual([own]);
    expect(await store.pathFromHashPart(hashPartOf(own))).toBe(own);
    const infos = await store.pathInfos([own, missing, dependency.info.path]);
    expect([...infos.keys()].sort()).toEqual([own, dependency.info.path].sort());
    if (lacks.includes('listing')) return;
    expect(await allPaths(store)).toEqual([dependency, added, self].map((each) => each.info.path).sort());
    expect(await store.referrers(dependency.info.path)).toEqual([added.info.path]);
    expect(await store.referrers(own)).toEqual([]);
  });

  test('references are kept in order, each once', async () => {
    const [a, b] = [textOf('a', { name: 'a' }), textOf('b', { name: 'b' })];
    const references = [a.info.path, b.info.path].sort();
    const added = signed(outputOf({ file: 'x' }, { references }));
    const store = current();
    await add(store, a);
    await add(store, b);
    await store.add({ ...added.info, references: [...references].reverse() }, [added.nar]);
    expect((await store.pathInfo(added.info.path))?.references).toEqual(references);
  });

  test('adding what is there changes nothing, and reads nothing', async () => {
    const added = sourceOf({ file: 'once' });
    const store = current();
    await add(store, added);
    await add(store, added);
    await expectStored(store, added);
  });

  test('signatures are added', async () => {
    const added = sourceOf({ file: 'signed later' });
    const store = current();
    await add(store, added);
    const [first] = signed(added).info.signatures;
    const [second] = signed(added, stranger).info.signatures;
    await store.addSignatures(added.info.path, [first!]);
    await store.addSignatures(added.info.path, [second!, first!]);
    expect((await store.pathInfo(added.info.path))?.signatures).toEqual([first, second]);
    await expect(store.addSignatures(missing, [first!])).rejects.toEqual(failure('not-found', missing));
  });

  if (!lacks.includes('repair')) {
    test('repair replaces what is there', async () => {
      const added = signed(outputOf({ file: 'first' }));
      const other = signed(outputOf({ file: 'second' }));
      const store = current();
      await add(store, added);
      await add(store, other);
      await expectStored(store, added);
      await store.add(other.info, [other.nar], { repair: true });
      await expectStored(store, other);
    });
  }
}

function refusalTests(current: () => Store, lacks: readonly StoreLack[]): void {
  const other = new Uint8Array(32).fill(1);
  const good = sourceOf({ file: 'contents' });
  const reference = { ...signed(outputOf({ file: 'x' }, { references: [missing] })) };
  const output = outputOf({ file: 'x' });
  const withCa = (ca: string): Added => signed({ ...output, info: { ...output.info, ca } });
  const zeros = '0'.repeat(52);
  const text = new TextEncoder().encode('no archive at all');
  test.each<[string, Added, string, RegExp?]>([
    ['another hash', signed({ ...output, info: { ...output.info, narHash: other } }), 'corrupt', /hash mismatch|differs/],
    ['too small a size', signed({ ...output, info: { ...output.info, narSize: output.info.narSize - 8 } }), 'corrupt', /size/],
    ['too large a size', signed({ ...output, info: { ...output.info, narSize: output.info.narSize + 8 } }), 'corrupt', /size/],
    ['another flat hash', withCa(`fixed:sha256:${zeros}`), 'corrupt', /ca hash mismatch/],
    ['another hash of the archive', withCa(`fixed:r:sha512:${'0'.repeat(103)}`), 'corrupt', /ca hash mismatch/],
    ['a ca that is none', withCa('fixed:r:sha256:zz'), 'invalid'],
    ['references that are not valid', reference, 'not-found', /00000000000000000000000000000000-missing/],
    ['a path elsewhere', { ...good, info: { ...good.info, path: '/tmp/x' } }, 'invalid', /not in the Nix store/],
    ['a path without a hash', { ...good, info: { ...good.info, path: '/nix/store/x' } }, 'invalid'],
    ['what is no archive', signed({ info: { ...output.info, narSize: text.length }, nar: text }), 'invalid', /archive/],
    ['an archive that ends too soon', { ...good, nar: good.nar.subarray(0, 80) }, 'invalid', /end-of-file/],
  ])('%s is refused', async (_, { info, nar }, code, message) => {
    if (lacks.includes('error codes') || (lacks.includes('trust') && (code === 'corrupt' || code === 'invalid'))) {
      await expect(current().add(info, [nar])).rejects.toThrow();
    } else await expect(current().add(info, [nar])).rejects.toEqual(failure(code, message));
    expect(
      await current()
        .pathInfo(info.path)
        .catch(() => undefined),
    ).toBeUndefined();
  });

  test('a source that fails fails the adding, with its own error', async () => {
    const failing = async function* () {
      yield good.nar.subarray(0, 40);
      throw new Error('the source broke');
    };
    await expect(current().add(good.info, failing())).rejects.toThrow('the source broke');
    expect(await current().pathInfo(good.info.path)).toBeUndefined();
    await add(current(), good);
    await expectStored(current(), good);
  });
}

function trustTests(current: () => Store): void {
  test('what is neither signed nor content-addressed is refused', async () => {
    const store = current();
    const plain = outputOf({ file: 'x' });
    await expect(add(store, plain)).rejects.toEqual(failure('untrusted', /lacks a signature by a trusted key/));
    await expect(add(store, signed(plain, stranger))).rejects.toEqual(failure('untrusted'));
    const forged: PathInfo = { ...plain.info, ca: sourceOf({ file: 'x' }).info.ca! };
    await expect(store.add(forged, [plain.nar])).rejects.toEqual(failure('untrusted'));
    await store.add(plain.info, [plain.nar], { checkSignatures: false });
    await expectStored(store, plain);
  });
}

function concurrencyTests(current: () => Store): void {
  test('the same path may be added many times at once, and others beside it', async () => {
    const same = sourceOf(strangeTree);
    const others = Array.from({ length: 8 }, (_, i) => sourceOf({ entries: { a: { file: `file ${i}` }, b: { file: noise(100_000, i) } } }));
    await Promise.all([same, ...others, same, same].map((each) => add(current(), each)));
    for (const each of [same, ...others]) await expectStored(current(), each);
  });

  test('an archive may be read by several at once', async () => {
    const added = sourceOf(strangeTree);
    await add(current(), added);
    const read = await Promise.all([1, 2, 3].map(() => collectBytes(current().nar(added.info.path))));
    for (const nar of read) expect(Buffer.compare(nar, added.nar)).toBe(0);
  });

  test('a signal ends what is under way', async () => {
    const store = current();
    const added = sourceOf({ file: noise(2_000_000) });
    const reason = new Error('enough');
    await expect(store.add(added.info, [added.nar], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const slow = async function* () {
      yield added.nar.subarray(0, 1_000_000);
      controller.abort(reason);
      yield added.nar.subarray(1_000_000);
    };
    await expect(store.add(added.info, slow(), { signal: controller.signal })).rejects.toBe(reason);
    expect(await store.pathInfo(added.info.path)).toBeUndefined();
    await add(store, added);
    await expectStored(store, added);
    const reading = new AbortController();
    const read = async () => {
      for await (const _ of store.nar(added.info.path, { signal: reading.signal })) reading.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
  });

  test('who stops reading early leaves nothing broken', async () => {
    const added = sourceOf({ file: noise(2_000_000) });
    await add(current(), added);
    for await (const chunk of current().nar(added.info.path)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expectStored(current(), added);
  });
}

function optionalTests(current: () => Store, lacks: readonly StoreLack[]): void {
  if (!lacks.includes('verify')) {
    test('nothing is wrong with what was just added', async () => {
      const problems: string[] = [];
      await add(current(), sourceOf(strangeTree));
      await current().verify({ checkContents: true, onProblem: ({ message }) => problems.push(message) });
      expect(problems).toEqual([]);
    });
  }

  test('realisations come back', async ({ skip }) => {
    const { realisations } = current();
    if (!realisations || lacks.includes('realisations')) return skip('this store has none');
    const id = `sha256:${'ab'.repeat(32)}!out`;
    const plain: Realisation = { id, outPath: missing, signatures: [], dependentRealisations: {} };
    expect(await realisations.get(id)).toBeUndefined();
    const checked = !lacks.includes('trust') && !lacks.includes('realisation signatures');
    if (checked) await expect(realisations.put(plain)).rejects.toEqual(failure('untrusted'));
    const good = signRealisation(plain, key);
    await realisations.put(good);
    expect(await realisations.get(id)).toEqual(good);
  });

  test('logs come back', async ({ skip }) => {
    const { logs } = current();
    if (!logs || lacks.includes('logs')) return skip('this store has none');
    const drv = '/nix/store/11111111111111111111111111111111-x.drv';
    expect(await logs.get(drv)).toBeUndefined();
    const log = noise(300_000);
    await logs.put(drv, [log.subarray(0, 1000), log.subarray(1000)]);
    if (lacks.includes('reading logs')) return;
    expect(Buffer.compare(await collectBytes((await logs.get(drv))!), log)).toBe(0);
  });
}
