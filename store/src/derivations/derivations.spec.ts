import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyPaths } from '../copy.ts';
import { parseDerivation } from '../formats/derivation/index.ts';
import { ForwardingStore } from '../layers/forward.ts';
import { openStore } from '../open.ts';
import type { PathInfo } from '../path-info.ts';
import type { Store } from '../service.ts';
import { archiveOf, sourceOf, textOf } from '../testing/trees.ts';
import { outputHashes } from './output-hashes.ts';
import { realisedOutputs } from './realised.ts';
import { storedDerivation } from './stored.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const digest = 'ab'.repeat(32);
const fixedPath = '/nix/store/00000000000000000000000000000000-fixed';
const plainPath = '/nix/store/11111111111111111111111111111111-plain';

const fixed = textOf(`Derive([("out","${fixedPath}","r:sha256","${digest}")],[],[],"s","b",[],[("out","${fixedPath}")])`, {
  name: 'fixed.drv',
});
const plain = textOf(`Derive([("out","${plainPath}","","")],[("${fixed.info.path}",["out"])],[],"s","b",[],[("out","${plainPath}")])`, {
  name: 'plain.drv',
  references: [fixed.info.path],
});
const inputs = [fixed, plain].map(({ info }) => info.path).sort();
const floating = textOf(
  `Derive([("dev","","r:sha256",""),("out","","r:sha256","")],[("${inputs[0]}",["out"]),("${inputs[1]}",["out"])],[],"s","b",[],[("out","/place")])`,
  { name: 'floating.drv', references: inputs },
);

const fixedHash = sha256(`fixed:out:r:sha256:${digest}:${fixedPath}`);
// As an input, with its own path; as what is asked for, without.
const plainText = (path: string) => `Derive([("out","${path}","","")],[("${fixedHash}",["out"])],[],"s","b",[],[("out","${path}")])`;
const plainHash = sha256(plainText(plainPath));
const [first, second] = [fixedHash, plainHash].sort();
const floatingHash = sha256(
  `Derive([("dev","","r:sha256",""),("out","","r:sha256","")],[("${first}",["out"]),("${second}",["out"])],[],"s","b",[],[("out","")])`,
);

let store: Store;
beforeEach(async () => {
  store = await openStore('memory:', { requireSignatures: false });
  for (const { info, nar } of [fixed, plain, floating]) await store.add(info, [nar]);
});
afterEach(() => store.close());

const hashesOf = async (path: string) => Object.fromEntries(await outputHashes(store, await storedDerivation(store, path, {})));

test('hashes modulo', async () => {
  expect(await hashesOf(fixed.info.path)).toEqual({ out: fixedHash });
  expect(await hashesOf(plain.info.path)).toEqual({ out: sha256(plainText('')) });
  expect(await hashesOf(floating.info.path)).toEqual({ dev: floatingHash, out: floatingHash });
});

test('outputs are where the derivation says, or a realisation', async () => {
  const at = (path: string, outputs: string[] | '*') => realisedOutputs(store, path, outputs);
  const [dev, out] = ['dev', 'out'].map((name) => ({ name, path: undefined, realisation: undefined }));
  expect(await at(plain.info.path, '*')).toEqual([{ name: 'out', path: plainPath, realisation: undefined }]);
  expect(await at(floating.info.path, '*')).toEqual([dev, out]);
  const { info, nar } = sourceOf({ file: 'built' });
  await store.add(info, [nar]);
  const realisation = { id: `sha256:${floatingHash}!out`, outPath: info.path, signatures: [], dependentRealisations: {} };
  await store.realisations!.put(realisation);
  expect(await at(floating.info.path, ['out', 'dev'])).toEqual([dev, { name: 'out', path: info.path, realisation }]);
  await expect(at(floating.info.path, ['lib'])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining("'lib'") });
  await expect(at(info.path, '*')).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('is not a derivation') });

  const other = await openStore('memory:', { requireSignatures: false });
  await copyPaths(store, other, [info.path], { realisations: [realisation] });
  expect(await other.realisations!.get(realisation.id)).toEqual(realisation);
  await other.close();
});

/** A store whose derivations say what they like. */
class Texts extends ForwardingStore {
  readonly #texts: ReadonlyMap<string, string>;

  constructor(inner: Store, texts: ReadonlyMap<string, string>) {
    super(inner);
    this.#texts = texts;
  }

  override async pathInfo(path: string): Promise<PathInfo | undefined> {
    return this.#texts.has(path) ? { ...fixed.info, path } : undefined;
  }

  override async *nar(path: string) {
    yield archiveOf({ file: this.#texts.get(path)! });
  }

  override get castore() {
    return undefined;
  }
}

test('derivations that need each other, outputs that are none, and what is missing are refused', async () => {
  const [a, b] = ['a', 'b'].map((name) => `/nix/store/22222222222222222222222222222222-${name}.drv`);
  const needing = (path: string, output = 'out') => `Derive([("out","","","")],[("${path}",["${output}"])],[],"s","b",[],[])`;
  const hash = (texts: [string, string][]) =>
    outputHashes(new Texts(store, new Map(texts)), parseDerivation(Buffer.from(needing(a!)), 'x.drv'));
  await expect(
    hash([
      [a!, needing(b!)],
      [b!, needing(a!)],
    ]),
  ).rejects.toMatchObject({ code: 'corrupt', message: expect.stringContaining('needs itself') });
  await expect(
    hash([
      [a!, needing(b!, 'lib')],
      [b!, 'Derive([("out","","","")],[],[],"s","b",[],[])'],
    ]),
  ).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining("'lib'") });
  await expect(hash([[a!, needing(b!)]])).rejects.toMatchObject({ code: 'not-found' });
});
