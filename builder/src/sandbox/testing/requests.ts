/** Requests and stores for specs of sandboxes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@vixen/store';
import { nativeHashers, wasmHashes } from '@vixen/store/castore';
import { addTree, removeTree } from '@vixen/store/tree';
import { type BuildRequest, noLimits } from '../../service.ts';

const hashOf = (c: string): string => c.repeat(32);
export const outputName = `${hashOf('0')}-out`;
export const outputPath = `nix/store/${outputName}`;

/** A request that runs a shell script. */
export function scriptRequest(script: string, changes: Partial<BuildRequest> = {}): BuildRequest {
  return {
    inputs: [],
    inputsDirectory: 'nix/store',
    command: ['/bin/sh', '-c', script],
    workingDirectory: 'build',
    scratchPaths: ['build', 'nix/store'],
    outputs: [outputPath],
    environment: new Map([
      ['PATH', '/path-not-set'],
      ['PWD', '/build'],
      ['out', `/${outputPath}`],
    ]),
    additionalFiles: [],
    needles: [hashOf('0')],
    constraints: {
      system: `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux`,
      minMemory: 0,
      availableReadOnlyPaths: [],
      networkAccess: false,
      provideBinSh: true,
    },
    limits: noLimits,
    sandboxPaths: [],
    features: [],
    ...changes,
  };
}

export interface TestStore {
  readonly folder: string;
  readonly store: Store;
  /** Adds a file or a tree that `make` makes at a path; answers its name in the store. */
  add(name: string, make: (file: string) => void): Promise<string>;
  close(): Promise<void>;
}

/** An embedded store in a folder of its own, which others may enter or not. */
export async function testStore(mode = 0o755): Promise<TestStore> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-sandbox-'));
  fs.chmodSync(folder, mode);
  const store = await openStore(`embedded://${folder}/root`);
  const add = async (name: string, make: (file: string) => void) => {
    const file = path.join(folder, `source-${name}`);
    make(file);
    const hashers = (algo: Parameters<typeof nativeHashers>[0]) =>
      algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo);
    const info = await addTree(store, file, { name, hashers });
    return path.basename(info!.path);
  };
  const close = async () => {
    await store.close();
    removeTree(folder);
  };
  return { folder, store, add, close };
}
