// Commands that build, over a store of their own. Builds run in the sandbox that works here.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingBubblewrap } from './testing/bubblewrap.ts';
import { bun } from './testing/bun.ts';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));
const missing = missingBubblewrap();

let dir = '';
beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-build-cli-')));
  fs.writeFileSync(path.join(dir, 'default.nix'), packages);
});
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', dir]);
  fs.rmSync(dir, { recursive: true });
});

const packages = `
let
  run = name: script: attributes: derivation ({ inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; } // attributes);
in
rec {
  tool = run "tool-1.0" "mkdir -p $out/bin; echo '#! /bin/sh' > $out/bin/tool; echo 'echo tool says $1' >> $out/bin/tool; chmod +x $out/bin/tool" { } // { pname = "tool"; };
  user = run "user" "cat \${tool}/bin/tool > $out; echo \${tool} >> $out; echo a line of log" { };
  two = run "two" "echo o > $out; echo d > $dev" { outputs = [ "out" "dev" ]; };
  failing = run "failing" "echo before the end; exit 3" { };
  needsFailing = run "needs-failing" "cat \${failing}" { };
  wrongHash = run "wrong-hash" "echo text > $out" { outputHash = builtins.hashString "sha256" "other"; outputHashAlgo = "sha256"; outputHashMode = "flat"; };
  imported = import (run "imported.nix" "echo '1 + 41' > $out" { });
  ca = run "ca" "echo contents > $out" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  readsCa = builtins.readFile (run "reads-ca" "cat \${ca} > $out" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; });
  endless = run "endless" "while :; do :; done" { };
  random = run "random" "head -c 8 /dev/urandom > $out" { };
}
`;

function run(
  args: string[],
  more: Record<string, string> = {},
  input = '',
  runtime = process.execPath,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const { NODE_EXTRA_CA_CERTS: _, NIX_CONFIG: _config, NIX_PATH: _path, VIXEN_STORE: _store, ...inherited } = process.env;
    const own = {
      HOME: dir,
      XDG_DATA_HOME: `${dir}/data`,
      XDG_CACHE_HOME: `${dir}/cache`,
      NO_COLOR: '1',
      NIX_CONF_DIR: dir,
      VIXEN_STORE: `${dir}/root`,
    };
    const child = spawn(runtime, [launcher, ...args], {
      cwd: dir,
      env: { ...inherited, ...own, NIX_CONFIG: 'substituters =\nexperimental-features = ca-derivations nix-command flakes', ...more },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(input);
  });
}

const nixBuild = (...args: string[]) => run(['nix-build', ...args]);
const vixen = (...args: string[]) => run(args);
const contentsOf = (link: string) => fs.readFileSync(path.join(dir, link), 'utf8');

describe.skipIf(missing !== undefined)(`builds${missing ? ` (${missing})` : ''}`, () => {
  test('nix-build builds, links and prints; then there is nothing to do', async () => {
    const first = await nixBuild('-A', 'user', '-A', 'two', '-A', 'two.dev');
    expect(first).toMatchObject({ status: 0 });
    expect(first.stdout).toMatch(/^(\/nix\/store\/\w{32}-user)\n(\/nix\/store\/\w{32}-two)\n(\/nix\/store\/\w{32}-two-dev)\n$/);
    expect(first.stderr).toMatch(/these 3 derivations will be built:\n {2}\/nix\/store\/\w+-tool-1.0.drv\n/);
    expect(first.stderr).toContain('a line of log\n');
    expect(contentsOf('result')).toContain('echo tool says $1');
    expect([contentsOf('result-2'), contentsOf('result-2-dev')]).toEqual(['o\n', 'd\n']);
    const second = await nixBuild('-A', 'user', '--no-out-link');
    expect(second).toEqual({ status: 0, stdout: `${first.stdout.split('\n')[0]}\n`, stderr: '' });
  });

  test('a failure ends with 100, and names what needed it', async () => {
    const { status, stdout, stderr } = await nixBuild('-A', 'needsFailing', '--no-out-link');
    expect({ status, stdout }).toEqual({ status: 100, stdout: '' });
    expect(stderr).toMatch(/before the end\n/);
    expect(stderr).toMatch(/error: Cannot build '\/nix\/store\/\w+-failing.drv'.\n {7}Reason: builder failed with exit code 3.\n/);
    expect(stderr).toMatch(/error: Cannot build '\/nix\/store\/\w+-needs-failing.drv'.\n {7}Reason: 1 dependency failed.\n/);
    const log = await vixen('log', '-f', 'default.nix', 'failing');
    expect(log).toMatchObject({ status: 0, stdout: 'before the end\n' });
  });

  test('--timeout ends with 101; --keep-failed keeps the folder; --builders', async () => {
    const slow = await nixBuild('-A', 'endless', '--timeout', '1', '--no-out-link');
    expect([slow.status, slow.stderr]).toEqual([101, expect.stringContaining('timed out after 1 seconds')]);
    const kept = await nixBuild('-A', 'failing', '--keep-failed', '--no-out-link');
    const folder = /keeping build directory '(.*)'/.exec(kept.stderr)?.[1];
    expect([kept.status, fs.existsSync(folder!)]).toEqual([100, true]);
    fs.rmSync(folder!, { recursive: true });
    const gone = await nixBuild('-A', 'failing', '--builders', 'ssh://elsewhere', '--fallback', '--no-out-link');
    expect([gone.status, gone.stderr]).toEqual([100, expect.stringContaining("ignoring the builder 'ssh://elsewhere'")]);
  });

  test('PATH need not have what the sandbox is made of', async () => {
    const args = [
      'nix-build',
      '--no-out-link',
      '-E',
      'derivation { name = "poor"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; }',
    ];
    expect(await run(args, { PATH: dir })).toMatchObject({ status: 0, stdout: expect.stringMatching(/-poor\n$/) });
  });

  test('where no sandbox works, it is said what to install', async () => {
    const expr = 'derivation { name = "none"; system = builtins.currentSystem; builder = "/bin/sh"; }';
    const failure = await run(['nix-build', '--no-out-link', '-E', expr], { VIXEN_BUILDER: 'oci:no-such-runtime' });
    expect(failure.status).not.toBe(0);
    expect(failure.stderr).toMatch(/'oci:no-such-runtime' does not work on this machine \(oci: .+\): apt-get install runc busybox-static/);
  });

  test('settings say for what more this machine is good', async () => {
    const far =
      'derivation { name = "far"; system = "mips-linux"; requiredSystemFeatures = [ "special" ]; builder = "/bin/sh"; args = [ "-c" "echo far > $out" ]; }';
    const features = ['--option', 'system-features', 'special'];
    const build = (...more: string[]) => nixBuild('-E', far, '--no-out-link', ...more);
    expect(await build(...features)).toMatchObject({ status: 100, stderr: expect.stringContaining('platform mismatch') });
    expect(await build('--option', 'extra-platforms', 'mips-linux')).toMatchObject({
      stderr: expect.stringContaining('missing system features'),
    });
    expect(await build(...features, '--option', 'extra-platforms', 'mips-linux')).toMatchObject({ status: 0 });
  });

  test('a wrong hash ends with 102, and tells both', async () => {
    const { status, stderr } = await nixBuild('-A', 'wrongHash', '--no-out-link');
    expect(status).toBe(102);
    expect(stderr).toMatch(/hash mismatch in fixed-output derivation/);
    expect(stderr).toMatch(/specified: +sha256-2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz\/o=\n +got: +sha256-\S+\n/);
  });

  test('a build that makes something else ends with 104', async () => {
    expect((await nixBuild('-A', 'random', '--no-out-link')).status).toBe(0);
    expect(await nixBuild('-A', 'random', '--no-out-link', '--check')).toMatchObject({
      status: 104,
      stderr: expect.stringContaining('may not be deterministic'),
    });
  });

  test('import from derivation', async () => {
    expect(await vixen('eval', '-f', 'default.nix', 'imported')).toMatchObject({ status: 0, stdout: '42\n' });
    expect(await vixen('eval', '-f', 'default.nix', 'readsCa', '--raw')).toMatchObject({ status: 0, stdout: 'contents\n' });
  });

  test('vixen build: paths, JSON, dry runs', async () => {
    const json = await vixen('build', '-f', 'default.nix', 'two^*', '--json', '--no-link');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { drvPath: expect.stringMatching(/-two.drv$/), outputs: { dev: expect.any(String), out: expect.any(String) } },
    ]);
    const [{ drvPath }] = JSON.parse(json.stdout);
    const byPath = await vixen('build', `${drvPath}^out`, '--no-link');
    expect(byPath.stdout).toMatch(/-two\n$/);
    const dry = await vixen(
      'build',
      '-E',
      'derivation { name = "dry"; system = builtins.currentSystem; builder = "/bin/sh"; }',
      '--dry-run',
    );
    expect(dry).toMatchObject({ status: 0, stdout: '', stderr: expect.stringMatching(/this derivation will be built:\n {2}.*-dry.drv\n/) });
  });

  test('run, shell, develop', async () => {
    expect(await vixen('run', '-f', 'default.nix', 'tool', '--', 'hi')).toMatchObject({ status: 0, stdout: 'tool says hi\n' });
    expect(await vixen('shell', '-f', 'default.nix', 'tool', '-c', 'tool', 'there')).toMatchObject({
      status: 0,
      stdout: 'tool says there\n',
    });
  });

  test.skipIf(!bun)(`builds on Bun, one after another${bun ? '' : ' (no Bun runs here)'}`, async () => {
    const made = await run(['nix-build', '-A', 'user', '-A', 'two', '--no-out-link'], { VIXEN_STORE: `${dir}/bun` }, '', bun);
    expect(made).toMatchObject({ status: 0, stdout: expect.stringMatching(/-user\n.*-two\n$/) });
  });

  test('the repl builds', async () => {
    const { stdout } = await run(['repl', '-f', 'default.nix'], {}, ':b two\n:log user\n:bl tool\n');
    expect(stdout).toMatch(
      /This derivation produced the following outputs:\n {2}dev -> \/nix\/store\/\w+-two-dev\n {2}out -> \/nix\/store\/\w+-two\n/,
    );
    expect(stdout).toContain('a line of log\n');
    expect(stdout).toMatch(/ {2}\.\/repl-result-out -> \/nix\/store\/\w+-tool-1.0\n/);
  });

  test('why-depends, derivation show', async () => {
    const why = await vixen('why-depends', '-f', 'default.nix', 'user', 'tool');
    expect(why.stdout).toMatch(/^\/nix\/store\/\w+-user\n└───\/nix\/store\/\w+-tool-1.0\n$/);
    const shown = JSON.parse((await vixen('derivation', 'show', '-f', 'default.nix', 'two')).stdout);
    expect(Object.values(shown.derivations)).toMatchObject([{ name: 'two', outputs: { dev: {}, out: {} } }]);
  });
});
