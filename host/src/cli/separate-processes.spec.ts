// Store, builder and client as processes of their own, which know each other by their certificates.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missingBubblewrap } from './testing/bubblewrap.ts';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));
const hasOpenssl = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
const missing = hasOpenssl ? missingBubblewrap() : 'there is no openssl';

describe.skipIf(missing !== undefined)(`separate processes${missing ? ` (${missing})` : ''}`, () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const started: ChildProcess[] = [];
  const file = (name: string) => path.join(folder, name);

  beforeAll(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-separate-')));
    const { NODE_EXTRA_CA_CERTS: _, NIX_PATH: _path, VIXEN_STORE: _store, VIXEN_BUILDER: _builder, ...inherited } = process.env;
    const config = 'substituters =\nexperimental-features = ca-derivations nix-command';
    env = {
      ...inherited,
      HOME: folder,
      XDG_DATA_HOME: file('data'),
      XDG_CACHE_HOME: file('cache'),
      NIX_CONF_DIR: folder,
      NIX_CONFIG: config,
      NO_COLOR: '1',
    };
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.pem');
    fs.writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    for (const name of ['server', 'builder', 'coordinator']) {
      openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...by, '-out', `${name}.pem`);
    }
    fs.writeFileSync(file('default.nix'), expression);
  });
  afterEach(async () => {
    for (const child of started.splice(0).reverse()) await stop(child, 'SIGTERM');
  });
  afterAll(() => {
    spawnSync('chmod', ['-R', 'u+w', folder]);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const expression = `
    { attribute ? "all" }:
    let
      run = name: script: attributes: derivation ({ inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; } // attributes);
      folder = run "folder" "mkdir -p $out/a; echo text > $out/a/file; ln -s a/file $out/link; echo '#! /bin/sh' > $out/run; chmod +x $out/run" { };
      two = run "two" "cat \${folder}/link > $out; echo $out \${folder} > $dev; cat \${./default.nix} > /dev/null" { outputs = [ "out" "dev" ]; };
      all = run "all" "cat \${two.dev} \${ca} > $out" { };
      slow = run "slow" "echo begun; sleep 2; echo slow > $out" { };
      ca = run "ca" "echo $out > $out" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
      failing = run "failing" "echo before the end; exit 3" { };
      plain = run "plain" "echo plain > $out" { };
      demanding = run "demanding" "cat \${plain} > $out" { requiredSystemFeatures = [ "big" ]; };
    in
    { inherit all slow failing plain demanding; }.\${attribute}`;

  const tls = (name: string) => [
    ...['--tls-cert', file(`${name}.pem`), '--tls-key', file(`${name}.key`), '--tls-client-ca', file('ca.pem')],
    ...['--tls-client', 'builder', '--tls-client', 'coordinator'],
  ];
  const as = (name: string) => `ca=${file('ca.pem')}&certificate=${file(`${name}.pem`)}&key=${file(`${name}.key`)}`;

  function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('close', () => resolve());
      child.kill(signal);
    });
  }

  /** Starts a server; answers where it listens. */
  function serve(args: string[], port: number): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [launcher, ...args, '--grpc', `127.0.0.1:${port}`, ...tls('server')], { cwd: folder, env });
    started.push(child);
    return new Promise((resolve, reject) => {
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        const [, found] = /at grpc 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
        if (found) resolve({ child, url: `grpc+https://localhost:${found}` });
      });
      child.once('close', () => reject(new Error(`it ended: ${text}`)));
    });
  }

  const serveStore = (root: string, port = 0) => serve(['store', 'serve', '--store', file(root)], port);
  const serveBuilder = (store: string, port = 0, more: string[] = []) =>
    serve(['builder', 'serve', '--store', `${store}?${as('builder')}`, '--builder', 'bwrap:', ...more], port);

  /** `onBuilding` is called when something begins to be built. */
  function nixBuild(
    attribute: string,
    more: Record<string, string>,
    onBuilding: () => void = () => {},
  ): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const args = [launcher, 'nix-build', '--argstr', 'attribute', attribute, '--no-out-link'];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...env, ...more } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (/^begun$/m.test(stderr)) onBuilding();
    });
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  }

  const remote = (store: string, builder: string) => ({
    VIXEN_STORE: `${store}?${as('coordinator')}`,
    VIXEN_BUILDER: `${builder}?${as('coordinator')}`,
  });

  function slowBuild(store: string, builder: string) {
    let begin: () => void = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    return { answer: nixBuild('slow', remote(store, builder), begin), begun };
  }

  test('the same results', async () => {
    const store = await serveStore('root-remote');
    const builder = await serveBuilder(store.url);
    const there = remote(store.url, builder.url);
    const here = { VIXEN_STORE: file('root-local'), VIXEN_BUILDER: 'bwrap:' };
    const far = await nixBuild('all', there);
    expect(far).toMatchObject({ status: 0 });
    expect((await nixBuild('all', here)).stdout).toBe(far.stdout);
    const infos = (where: Record<string, string>) =>
      JSON.parse(
        execFileSync(process.execPath, [launcher, 'nix', 'path-info', '-r', '--json', '--json-format', '1', far.stdout.trim()], {
          cwd: folder,
          env: { ...env, ...where },
          encoding: 'utf8',
        }),
      );
    const strip = (found: Record<string, { narHash: string; references: string[] }>) =>
      Object.fromEntries(Object.entries(found).map(([name, { narHash, references }]) => [name, { narHash, references }]));
    expect(strip(infos(there))).toEqual(strip(infos(here)));
    const failure = await nixBuild('failing', there);
    expect(failure).toMatchObject({
      status: 100,
      stdout: '',
      stderr: expect.stringMatching(/before the end[\s\S]*builder failed with exit code 3/),
    });
  });

  test('a builder that dies in the middle is asked again when it is back', async () => {
    const store = await serveStore('root-retry');
    const builder = await serveBuilder(store.url);
    const port = Number(new URL(builder.url.replace('grpc+', '')).port);
    const { answer, begun } = slowBuild(store.url, builder.url);
    await begun;
    await stop(builder.child, 'SIGKILL');
    await serveBuilder(store.url, port);
    expect(await answer).toMatchObject({ status: 0, stdout: expect.stringMatching(/-slow\n$/) });
  });

  test('several builders: each builds what it is for', async () => {
    const store = await serveStore('root-several');
    const ordinary = await serveBuilder(store.url);
    const big = await serveBuilder(store.url, 0, ['--system-features', 'big']);
    const line = ({ url }: { url: string }, features: string) => `${url}?${as('coordinator')} - - 2 1 ${features} ${features}`;
    const here = { VIXEN_STORE: `${store.url}?${as('coordinator')}` };
    const build = (attribute: string, ...builders: string[]) =>
      nixBuild(attribute, { ...here, NIX_CONFIG: `${env.NIX_CONFIG}\nmax-jobs = 0\nbuilders = ${builders.join(' ; ')}` });
    const failure = { status: expect.toSatisfy((status) => status !== 0), stdout: '' };
    expect(await build('plain', line(big, 'big'))).toMatchObject(failure);
    expect(await build('demanding', line(ordinary, '-'))).toMatchObject(failure);
    const all = await build('demanding', line(big, 'big'), line(ordinary, '-'));
    expect(all).toMatchObject({ status: 0, stdout: expect.stringMatching(/-demanding\n$/) });
  });

  test('a store that dies is a clear error', async () => {
    const store = await serveStore('root-dying');
    const builder = await serveBuilder(store.url);
    const { answer, begun } = slowBuild(store.url, builder.url);
    await begun;
    await stop(store.child, 'SIGKILL');
    const { status, stdout, stderr } = await answer;
    expect({ status: status === 0, stdout }).toEqual({ status: false, stdout: '' });
    expect(stderr).toMatch(/error: [\s\S]*(grpc\+https:\/\/localhost|UNAVAILABLE|unavailable)/);
    expect(stderr).not.toMatch(/internal error/);
  });
});
