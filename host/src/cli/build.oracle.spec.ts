// Builds that fail, by nix-build in its sandbox and by ours: the same exit codes, and the same said about it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingNix, NixOracle } from '../../../store/src/testing/oracle.ts';
import { removeTree } from '../../../store/src/tree/index.ts';
import { withoutColours } from '../core/errors/ansi.ts';
import { missingBubblewrap } from './testing/bubblewrap.ts';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));
const missing = missingNix() ?? missingBubblewrap();

const derivations = `
let
  run = name: script: attributes: derivation ({ inherit name; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" script ]; } // attributes);
in
rec {
  ok = run "ok" "echo ok > $out" { };
  failing = run "failing" "echo before the end; exit 3" { };
  other = run "other" "echo other; exit 1" { };
  needs = run "needs" "cat \${failing}" { };
  needsBoth = run "needs-both" "cat \${failing} \${other}" { };
  noOutput = run "no-output" "true" { };
  wrongHash = run "wrong-hash" "echo text > $out" { outputHash = builtins.hashString "sha256" "other"; outputHashAlgo = "sha256"; outputHashMode = "flat"; };
  system = run "system" "" { system = "mips-linux"; };
  feature = run "feature" "" { requiredSystemFeatures = [ "a-feature" ]; };
  endless = run "endless" "while :; do :; done" { };
  refers = run "refers" "echo \${ok} > $out" { disallowedReferences = [ ok ]; };
  random = run "random" "read x < /proc/sys/kernel/random/uuid; echo $x > $out" { };
}
`;

const failures: Readonly<Record<string, { readonly args: string; readonly code: number }>> = {
  'a builder that fails': { args: '-A failing', code: 100 },
  'what depends on it': { args: '-A needs', code: 100 },
  'two failures with --keep-going, one after the other': { args: '-A needsBoth --keep-going --max-jobs 1', code: 100 },
  'several that were asked for': { args: '-A failing -A ok -A other --keep-going --max-jobs 1', code: 100 },
  'no output': { args: '-A noOutput', code: 1 },
  'a wrong hash': { args: '-A wrongHash', code: 102 },
  'another system': { args: '-A system', code: 100 },
  'a feature that is not there': { args: '-A feature', code: 100 },
  'no jobs': { args: '-A failing --max-jobs 0', code: 100 },
  'a build that takes too long': { args: '-A endless --timeout 1', code: 101 },
  'a reference that is not allowed': { args: '-A refers', code: 1 },
  'a second build that makes something else': { args: '-A random --check', code: 104 },
  'a second build without a first': { args: '-A endless --check', code: 1 },
  'a wrong hash beside a failure': { args: '-A failing -A wrongHash --keep-going --max-jobs 1', code: 102 },
};

/** What differs for good: features of builders, where Nix builds, the order of what is built at the same time. */
function comparable(stderr: string): string[] {
  return withoutColours(stderr)
    .replace(/Available features: .*/g, 'Available features: …')
    .replace(/"[^"\s]+\/root(\/nix\/store\/)/g, '"$1')
    .replace(/at ["'].*\/nix\/store\/([^"'/]*)["']/g, "at '$1'")
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !line.startsWith('checking outputs of') && !line.startsWith('building '))
    .sort();
}

describe.skipIf(missing !== undefined)(`failures of nix-build${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  const common = ['failures.nix', '--no-out-link'];
  const env = {
    NIX_ORACLE_SANDBOX: '1',
    NIX_CONFIG: 'substituters =\nsandbox = true\nsandbox-fallback = false\nsandbox-paths = /bin/sh=/usr/bin/busybox\n',
  };

  const nixBuild = async (args: readonly string[]) => {
    const { code, stderr } = await nix.run('nix-build', [...common, ...args], { env });
    return { code, said: comparable(stderr) };
  };

  const vixenBuild = (args: readonly string[]) =>
    new Promise<{ code: number | null; said: string[] }>((resolve, reject) => {
      const store = path.join(nix.folder, 'vixen');
      const own = { VIXEN_STORE: store, NO_COLOR: '1', NIX_CONF_DIR: nix.folder, HOME: nix.folder, NIX_CONFIG: 'substituters =' };
      const child = spawn(process.execPath, [launcher, 'nix-build', ...common, ...args], {
        cwd: nix.folder,
        env: { ...process.env, ...own },
      });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, said: comparable(stderr) }));
    });

  beforeAll(async () => {
    nix = new NixOracle();
    fs.writeFileSync(path.join(nix.folder, 'failures.nix'), derivations);
    const there = ['-A', 'ok', '-A', 'random'];
    expect([(await nixBuild(there)).code, (await vixenBuild(there)).code]).toEqual([0, 0]);
  }, 60_000);
  afterAll(() => removeTree(nix.folder));

  for (const [name, { args, code }] of Object.entries(failures)) {
    test(name, { timeout: 60_000 }, async () => {
      const words = args.split(' ');
      const [theirs, ours] = await Promise.all([nixBuild(words), vixenBuild(words)]);
      expect(theirs.code).toBe(code);
      expect(ours).toEqual(theirs);
    });
  }
});
