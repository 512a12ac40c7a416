/** A plain builder for specs of what stands around it: bubblewrap, run anew for each build. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Store } from '@vixen/store';
import { renderNar, wasmHashes } from '@vixen/store/castore';
import { ingestTree, removeTree } from '@vixen/store/tree';
import { ReferenceScanner } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { BuildOptions, BuildOutcome, BuildOutput, BuildRequest, BuildService } from '../service.ts';

export class PlainSandbox implements BuildService {
  readonly url = 'plain:';
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async describe() {
    const features = ['benchmark', 'big-parallel', 'kvm', 'nixos-test'];
    return { name: 'plain', reason: 'a spec', sandboxed: true, systems: ['x86_64-linux'], features };
  }

  async build(request: BuildRequest, options: BuildOptions = {}): Promise<BuildOutcome> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-plain-'));
    try {
      const started = Date.now();
      await this.#run(request, folder, options);
      const outputs: BuildOutput[] = [];
      for (const output of request.outputs) {
        const left = path.join(folder, output);
        if (fs.lstatSync(left, { throwIfNoEntry: false })) outputs.push(await this.#take(output, left, request.needles));
      }
      return { outputs, started, ended: Date.now() };
    } finally {
      await removeTree(folder);
    }
  }

  async #take(output: string, left: string, wanted: readonly string[]): Promise<BuildOutput> {
    const { node, narHash, narSize } = await ingestTree(left, this.#store.castore!);
    const scanner = new ReferenceScanner(wasmHashes(), wanted);
    for await (const chunk of renderNar(this.#store.castore!, node)) scanner.write(chunk);
    const found = new Set(scanner.found());
    scanner.close();
    return { path: output, node, narHash, narSize, needles: wanted.flatMap((needle, i) => (found.has(needle) ? [i] : [])) };
  }

  async #run(request: BuildRequest, folder: string, { onLog, signal }: BuildOptions): Promise<void> {
    const args = ['--unshare-all', '--die-with-parent', '--hostname', 'localhost', '--clearenv', '--proc', '/proc', '--dev', '/dev'];
    args.push('--tmpfs', '/tmp', '--uid', '1000', '--gid', '100', '--chdir', `/${request.workingDirectory}`);
    for (const scratch of request.scratchPaths) {
      fs.mkdirSync(path.join(folder, scratch), { recursive: true });
      args.push('--bind', path.join(folder, scratch), `/${scratch}`);
    }
    for (const file of request.additionalFiles) fs.writeFileSync(path.join(folder, file.path), file.contents);
    for (const { name } of request.inputs) {
      const target = `/${request.inputsDirectory}/${name}`;
      args.push('--ro-bind', await this.#store.checkouts!.checkout(target), target);
    }
    if (request.constraints.provideBinSh) args.push('--ro-bind', '/bin/busybox', '/bin/sh');
    for (const [name, value] of request.environment) args.push('--setenv', name, value);
    await run('bwrap', [...args, '--', ...request.command], onLog, signal);
  }

  async close(): Promise<void> {}
}

function run(file: string, args: readonly string[], onLog: BuildOptions['onLog'], signal: AbortSignal | undefined): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void onLog?.(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new BuildError('failed', 'the builder failed', exitCode === null ? {} : { exitCode }));
    });
  });
}

/** Why it does not work here; undefined where it does. */
export function missingPlainSandbox(): string | undefined {
  if (!fs.existsSync('/bin/busybox')) return 'there is no /bin/busybox';
  const { status, error } = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true']);
  return status === 0 ? undefined : `bwrap does not run: ${error?.message ?? status}`;
}
