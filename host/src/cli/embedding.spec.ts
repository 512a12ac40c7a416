// The code of docs/embedding.md, on Node, on Bun and in a worker that has nothing of Node's.
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { makePack } from '../node/pack/pack.ts';
import { bun } from './testing/bun.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = fs.readFileSync(path.join(root, 'docs/embedding.md'), 'utf8');
// Where packages are found from.
const folder = path.join(root, 'host/build/embedding');

const block = (heading: string) => new RegExp(`^\`\`\`${heading}\\n([\\s\\S]*?)^\`\`\``, 'gm');
const sources = new Map([...page.matchAll(block('ts ([\\w.]+)'))].map(([, name, text]) => [name!, text!]));
const outputs = [...page.matchAll(block('text output'))].map(([, text]) => text!);
const settled = (output: string) => output.replace(/\/nix\/store\/[a-z0-9]{32}-a\.drv/, '/nix/store/DERIVATION');

const bundle = (entryPoint: string, platform: 'node' | 'browser') =>
  build({
    entryPoints: [entryPoint],
    outfile: path.join(folder, `${path.basename(entryPoint, '.ts')}.${platform}.mjs`),
    bundle: true,
    format: 'esm',
    platform,
    metafile: true,
    target: platform === 'node' ? 'node20' : 'es2022',
    logLevel: 'silent',
  });

beforeAll(() => {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of sources) fs.writeFileSync(path.join(folder, name), text);
});

function output(runtime: string, script: string): string {
  const { stdout, stderr, status } = spawnSync(runtime, [path.join(folder, script)], { encoding: 'utf8', timeout: 60_000 });
  expect(status, stderr).toBe(0);
  return settled(stdout);
}

describe('embedding', () => {
  test('on Node', async () => {
    await bundle(path.join(folder, 'program.ts'), 'node');
    expect(output(process.execPath, 'program.node.mjs')).toBe(outputs[0]);
  });

  test('a workbench', async () => {
    await bundle(path.join(folder, 'viewer.ts'), 'node');
    const [shown] = [...page.matchAll(block('text look output'))].map(([, text]) => text);
    expect(output(process.execPath, 'viewer.node.mjs')).toBe(shown);
  });

  /** What `packed.ts` prints of a small pack that is served. */
  async function packed(runtime: string, script: string): Promise<string> {
    const nixpkgs = path.join(folder, 'nixpkgs');
    fs.mkdirSync(path.join(nixpkgs, 'lib'), { recursive: true });
    fs.writeFileSync(path.join(nixpkgs, 'lib/default.nix'), '{ version = "1"; }');
    fs.writeFileSync(path.join(nixpkgs, 'default.nix'), '{ }: { hello.name = "hello-${(import ./lib).version}"; }');
    const out = path.join(folder, 'pack');
    await makePack({ root: nixpkgs, out, workloads: [] });
    const server = createServer(({ url = '' }, response) => response.end(fs.readFileSync(path.join(folder, url))));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pack`;
      const { stdout } = await promisify(execFile)(runtime, [path.join(folder, script), address], { timeout: 60_000 });
      return stdout;
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const [packedOutput] = [...page.matchAll(block('text packed output'))].map(([, text]) => text);

  test('nixpkgs from a pack', async () => {
    await bundle(path.join(folder, 'packed.ts'), 'node');
    expect(await packed(process.execPath, 'packed.node.mjs')).toBe(packedOutput);
  });

  test.skipIf(!bun)(`nixpkgs from a pack, on Bun${bun ? '' : ' (skipped: no bun in node_modules or on PATH)'}`, async () => {
    expect(await packed(bun!, 'packed.ts')).toBe(packedOutput);
  });

  test.skipIf(!bun)(`on Bun, without a bundler${bun ? '' : ' (skipped: no bun in node_modules or on PATH)'}`, () => {
    expect(output(bun!, 'program.ts')).toBe(outputs[0]);
  });

  test('nothing of the core needs a runtime of its own', async () => {
    for (const entry of ['host/src/core/index.ts', 'eval-core/js/index.ts', 'wasm/js/index.ts']) {
      const { metafile } = await bundle(path.join(root, entry), 'browser');
      const bundled = fs.readFileSync(path.join(folder, 'index.browser.mjs'), 'utf8');
      expect(bundled).not.toMatch(/\b(?:Buffer|process|require|global)\b\s*[.([]/);
      const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
      expect(imports.filter(({ external }) => external)).toEqual([]);
    }
  });

  test("in a browser's worker", async () => {
    await bundle(path.join(folder, 'worker.ts'), 'browser');
    const worker = new Worker(new URL('testing/bare-worker.mjs', import.meta.url), {
      workerData: {
        script: pathToFileURL(path.join(folder, 'worker.browser.mjs')).href,
        served: {
          '/vixen-eval.wasm': fs.readFileSync(path.join(root, 'eval-core/build/vixen-eval.wasm')),
          '/vixen-wasm.wasm': fs.readFileSync(path.join(root, 'wasm/build/vixen-wasm.wasm')),
        },
      },
    });
    const next = () =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
    const ask = (text: string, files = {}) => {
      const answer = next();
      worker.postMessage({ text, files });
      return answer;
    };
    try {
      expect(await next()).toBe('ready');
      const files = { '/work/default.nix': '{ x = builtins.readFile ./dir/text; n = builtins.attrNames (builtins.readDir ./.); }' };
      expect(await ask('import ./.', { ...files, '/work/dir/text': 'read' })).toEqual({ x: 'read', n: ['default.nix', 'dir'] });
      const stored = 'let p = builtins.toFile "a" "kept"; in [ p (builtins.readFile p) (builtins.readFile "${./dir}/text") ]';
      const [path, ...texts] = (await ask(stored, { '/work/dir/text': 'copied' })) as string[];
      expect(path).toMatch(/^\/nix\/store\/[a-z0-9]{32}-a$/);
      expect(texts).toEqual(['kept', 'copied']);
      expect(await ask('fetchTarball "https://example.org/x.tar.gz"')).toMatchObject({
        error: expect.stringContaining('cannot be fetched'),
      });
      expect(await ask('throw "no"')).toEqual({ error: 'no' });
    } finally {
      await worker.terminate();
    }
  });
});
