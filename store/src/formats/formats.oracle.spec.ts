// Formats, compared with what real Nix writes and accepts.
import fs from 'node:fs';
import { StoreDir } from '@vixen/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeHashers } from '../hashing.ts';
import { missingNix, NixOracle } from '../testing/oracle.ts';
import {
  formatNarInfo,
  isContentAddressed,
  PublicKeys,
  parseDerivation,
  parseNarInfo,
  pathFingerprint,
  pathInfoDocument,
  pathInfoOfJson,
  printDerivation,
  readSecretKeyFile,
  SecretKey,
  sortedJson,
} from './index.ts';

const missing = missingNix();

describe.skipIf(missing !== undefined)(`formats as Nix has them${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  let drvPaths: string[];
  let text: string;

  const expression = `
    let
      d = derivation { name = "d"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo \\"\\n\\t\\\\" ]; outputs = [ "out" "dev" ]; };
      fixed = derivation { name = "f"; system = "builtin"; builder = "builtin:fetchurl"; outputHash = "${'0'.repeat(52)}"; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
      ca = derivation { name = "ca"; system = "x"; builder = "b"; __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
      attrs = derivation { name = "s"; system = "x"; builder = "b"; __structuredAttrs = true; list = [ 1 "é" { a = d; } ]; };
      top = derivation { name = "top"; system = "x"; builder = "b"; a = d.dev; b = fixed; c = ca; e = attrs; src = builtins.toFile "src" "$\{builtins.toFile "inner" "x"}"; };
    in [ d fixed ca attrs top ]`;

  const physical = (path: string) => nix.at('root', path);

  beforeAll(async () => {
    nix = new NixOracle();
    const printed = await nix.output('nix-instantiate', ['-E', expression]);
    drvPaths = [
      ...new Set(
        printed
          .trim()
          .split('\n')
          .map((line) => line.replace(/!.*/, '')),
      ),
    ];
    const top = drvPaths.find((path) => path.endsWith('-top.drv'))!;
    text = parseDerivation(fs.readFileSync(physical(top)), top).inputSources[0]!;
  });
  afterAll(() => nix.remove());

  test('derivations are read, and written as they were', () => {
    expect(drvPaths.length).toBe(5);
    for (const path of drvPaths) {
      const bytes = fs.readFileSync(physical(path));
      expect(Buffer.from(printDerivation(parseDerivation(bytes, path))).toString()).toBe(bytes.toString());
    }
  });

  test.each([1, 2] as const)('path infos as JSON, version %i', async (version) => {
    const paths = [text, ...drvPaths];
    const printed = await nix.output('nix', ['path-info', '--json', '--json-format', String(version), ...paths]);
    const document = JSON.parse(printed);
    const objects: Record<string, unknown> = version === 1 ? document : document.info;
    const infos = Object.entries(objects).map(([key, object]) => {
      const path = version === 1 ? key : `/nix/store/${key}`;
      return [path, pathInfoOfJson(path, object)] as const;
    });
    expect(sortedJson(pathInfoDocument(infos, { version }))).toBe(printed.trim());
  });

  test('content addresses make the names of texts and derivations', async () => {
    const document = JSON.parse(await nix.output('nix', ['path-info', '--json', '--json-format', '1', text, ...drvPaths]));
    const directory = new StoreDir(nativeHashers);
    for (const [path, object] of Object.entries(document)) expect(isContentAddressed(directory, pathInfoOfJson(path, object))).toBe(true);
  });

  test('narinfos are read, and written as they were; what Nix signs is verified', async () => {
    const secret = nix.at('secret');
    fs.writeFileSync(secret, await nix.output('nix', ['key', 'generate-secret', '--key-name', 'nix-1']), { mode: 0o600 });
    const key = await readSecretKeyFile(secret);
    expect(key.publicKey.toString()).toBe(await nix.output('nix', ['key', 'convert-secret-to-public'], { input: fs.readFileSync(secret) }));
    await nix.output('nix', ['copy', '--to', `file://${nix.at('cache')}?secret-key=${secret}`, ...drvPaths]);
    const files = fs.readdirSync(nix.at('cache')).filter((name) => name.endsWith('.narinfo'));
    expect(files.length).toBeGreaterThan(5);
    const keys = new PublicKeys([key.publicKey]);
    for (const file of files) {
      const written = fs.readFileSync(nix.at('cache', file), 'utf8');
      const info = parseNarInfo(written, { whence: file });
      expect(formatNarInfo(info)).toBe(written);
      expect([...keys.signers(pathFingerprint(info), info.signatures)]).toEqual(['nix-1']);
    }
  });

  test('Nix takes our keys, and makes the same signatures', async () => {
    const key = SecretKey.generate('ours-1');
    fs.writeFileSync(nix.at('ours'), key.exportSecret(), { mode: 0o600 });
    await nix.output('nix', ['store', 'sign', '--key-file', nix.at('ours'), text]);
    const document = JSON.parse(await nix.output('nix', ['path-info', '--json', '--json-format', '1', text]));
    const info = pathInfoOfJson(text, document[text]);
    expect(info.signatures).toEqual([key.sign(pathFingerprint(info))]);
  });
});
