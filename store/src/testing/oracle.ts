/**
 * Real Nix, for specs that compare with it (`npm run test:oracle`, docs/testing.md). `NIX_ORACLE` is a command that ends in `nix-instantiate`; the
 * other programs are called in the same way: `wrapper nix-instantiate` gives `wrapper nix`, `/bin/nix-instantiate` gives `/bin/nix`.
 */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface OracleOutput {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface OracleInput {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program of Nix is called: a file, and arguments that come first. */
export function oracleCommand(program: string): { file: string; before: string[] } {
  const words = (process.env.NIX_ORACLE ?? 'nix-instantiate').split(/\s+/);
  const last = words.pop()!;
  const [file, ...before] = [...words, last.replace(/[^/]*$/, program)];
  return { file: file!, before };
}

/** Why there is nothing to compare with; undefined where there is. */
export function missingNix(): string | undefined {
  if (!process.env.NIX_ORACLE && process.env.VIXEN_ORACLE !== '1') return 'NIX_ORACLE names no Nix';
  const { file, before } = oracleCommand('nix');
  const { status, error } = spawnSync(file, [...before, '--version'], { encoding: 'utf8' });
  return status === 0 ? undefined : `${file} does not run: ${error?.message ?? status}`;
}

/** A folder for one spec, and Nix with a store of its own in it. */
export class NixOracle {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-nix-')));
  /** The URL of the store. */
  readonly store = `local?root=${path.join(this.folder, 'root')}`;

  /** Runs a program; its exit code is for the caller. */
  run(program: string, args: readonly string[], { input, env }: OracleInput = {}): Promise<OracleOutput> {
    const { file, before } = oracleCommand(program);
    // Servers of later specs get the ports of earlier ones: what Nix has kept of a cache by its URL would be another's.
    const settings = [
      'experimental-features = nix-command flakes ca-derivations',
      'substituters =',
      'narinfo-cache-positive-ttl = 0',
      'narinfo-cache-negative-ttl = 0',
      '',
    ].join('\n');
    const child = spawn(file, [...before, ...args], {
      cwd: this.folder,
      env: { ...process.env, ...this.#home(), NIX_REMOTE: this.store, NIX_CONFIG: settings, ...env },
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }));
    });
  }

  // What Nix keeps for its user: caches of narinfos, settings. A wrapper may need the real HOME.
  #home(): Record<string, string> {
    const names = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'];
    return Object.fromEntries(names.map((name) => [name, path.join(this.folder, name)]));
  }

  /** What a program prints; it has to succeed. */
  async output(program: string, args: readonly string[], input?: OracleInput): Promise<string> {
    return (await this.bytes(program, args, input)).toString();
  }

  async bytes(program: string, args: readonly string[], input?: OracleInput): Promise<Buffer> {
    const { code, stdout, stderr } = await this.run(program, args, input);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${code}\n${stderr}`);
    return stdout;
  }

  /** A path below the folder. */
  at(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  remove(): void {
    // Nix makes its paths read-only.
    spawnSync('chmod', ['-R', 'u+w', this.folder]);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
