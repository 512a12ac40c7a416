import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StoreError } from '@vixen/store';
import { allRights, type GrpcServer } from '@vixen/store/grpc';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BuildError, buildErrorCodes } from '../errors.ts';
import { type BuildOptions, type BuildOutcome, type BuildRequest, type BuildService, noLimits } from '../service.ts';
import { openGrpcBuilder, serveBuilder } from './index.ts';
import { errorOfFailure, failureMessage, requestMessage, requestOfMessage } from './messages.ts';

const digest = new Uint8Array(32).fill(7);
const request: BuildRequest = {
  inputs: [{ name: `${'0'.repeat(32)}-input`, node: { type: 'file', digest, size: 3n, executable: true } }],
  inputsDirectory: 'nix/store',
  command: ['/bin/sh', '-c', 'echo'],
  workingDirectory: 'build',
  scratchPaths: ['build', 'nix/store'],
  outputs: ['nix/store/a', 'nix/store/b'],
  environment: new Map([
    ['A', 'text'],
    ['B', ''],
  ]),
  additionalFiles: [{ path: 'build/.attrs.json', contents: new Uint8Array([1, 2]) }],
  needles: ['0'.repeat(32), '1'.repeat(32)],
  constraints: { system: 'x86_64-linux', minMemory: 5, availableReadOnlyPaths: ['/etc/hosts'], networkAccess: true, provideBinSh: true },
  limits: { ...noLimits, time: 10, freeSpace: 2 ** 40 },
  sandboxPaths: [{ target: '/bin/x', source: '/usr/bin/x', optional: true }],
  features: ['kvm'],
};
const outcome: BuildOutcome = {
  outputs: request.outputs.map((each, i) => ({
    path: each,
    node: { type: 'symlink', target: new Uint8Array([97]) },
    needles: [i],
    narHash: digest,
    narSize: 100 + i,
  })),
  started: 1000,
  ended: 2000,
  cpuUser: 5,
};

class Fake implements BuildService {
  readonly url = 'fake:';
  run: (request: BuildRequest, options: BuildOptions) => Promise<BuildOutcome> = async () => outcome;
  async describe() {
    return { name: 'fake', reason: 'it is for specs', sandboxed: false, systems: ['x86_64-linux'], features: ['kvm'] };
  }
  build(asked: BuildRequest, options: BuildOptions = {}) {
    return this.run(asked, options);
  }
  async close() {}
}

let folder: string;
let server: GrpcServer;
let fake: Fake;
let client: BuildService;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-builder-'));
  fake = new Fake();
  server = await serveBuilder(fake, { listen: [{ address: `unix:${folder}/socket`, access: { anonymous: allRights } }] });
  client = openGrpcBuilder(`grpc+unix://${folder}/socket`);
});
afterEach(async () => {
  await client.close();
  await server.close(0);
  fs.rmSync(folder, { recursive: true });
});

test('a request, its log and its outcome', async () => {
  let seen: BuildRequest | undefined;
  fake.run = async (asked, { onLog }) => {
    seen = asked;
    for (let i = 0; i < 100; i++) await onLog?.(new Uint8Array(100_000).fill(i));
    return outcome;
  };
  let bytes = 0;
  const answer = await client.build(request, {
    onLog: (chunk) => {
      bytes += chunk.length;
    },
  });
  expect(seen).toEqual(request);
  expect(answer).toEqual(outcome);
  expect(bytes).toBe(10_000_000);
  expect(await client.describe()).toEqual(await fake.describe());
});

test.each(buildErrorCodes)('a failure keeps its code: %s', async (code) => {
  fake.run = async () => {
    throw new BuildError(code, 'what went wrong', { exitCode: 3, path: 'nix/store/a' });
  };
  await expect(client.build(request)).rejects.toMatchObject({ code, message: 'what went wrong', exitCode: 3, path: 'nix/store/a' });
});

test('whoever cancels ends the build', async () => {
  const stop = new AbortController();
  let ended: unknown;
  const gone = new Promise<void>((resolve) => {
    fake.run = async (_asked, { signal, onLog }) => {
      await onLog?.(new Uint8Array([1]));
      await new Promise<void>((abort) => signal!.addEventListener('abort', () => abort(), { once: true }));
      ended = signal!.reason;
      resolve();
      throw ended;
    };
  });
  const answer = client.build(request, { signal: stop.signal, onLog: () => stop.abort(new Error('enough')) });
  await expect(answer).rejects.toThrow('enough');
  await gone;
  expect(ended).toBeInstanceOf(StoreError);
});

test('a builder that dies is away', async () => {
  fake.run = () => new Promise(() => {});
  const answer = client.build(request, { onLog: () => {} });
  setTimeout(() => void server.close(0), 50);
  await expect(answer).rejects.toMatchObject({ name: 'BuildError', code: 'unavailable' });
});

test('without the right nothing is built', async () => {
  const other = await serveBuilder(fake, { listen: [{ address: `unix:${folder}/other`, access: { anonymous: ['read'] } }] });
  const unprivileged = openGrpcBuilder(`grpc+unix://${folder}/other`);
  await expect(unprivileged.build(request)).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining("'build'") });
  await unprivileged.close();
  await other.close(0);
});

test('requests that break the rules are refused', () => {
  const message = requestMessage(request);
  const snix = message.request!;
  const broken = [
    { ...snix, outputs: ['nix/store/b', 'nix/store/a'] },
    { ...snix, outputs: ['nix/store/../a'] },
    { ...snix, workingDir: '/build' },
    { ...snix, commandArgs: [] },
    { ...snix, scratchPaths: ['a//b'] },
    { ...snix, environmentVars: [{ key: 'A=B', value: new Uint8Array() }] },
    { ...snix, environmentVars: [{ key: 'A', value: new Uint8Array([0]) }] },
    { ...snix, refscanNeedles: ['short'] },
    { ...snix, additionalFiles: [{ path: '../../etc/passwd', contents: new Uint8Array() }] },
    { ...snix, inputs: [...snix.inputs, ...snix.inputs] },
    { ...snix, constraints: { ...snix.constraints!, availableRoPaths: ['etc'] } },
  ];
  expect(requestOfMessage(message)).toEqual(request);
  for (const each of broken)
    expect(() => requestOfMessage({ ...message, request: each }), JSON.stringify(Object.keys(each))).toThrow(BuildError);
});

test('failures survive the way', () => {
  const failure = fc.record({ code: fc.constantFrom(...buildErrorCodes), message: fc.string(), exitCode: fc.nat(255) });
  fc.assert(
    fc.property(failure, ({ code, message, exitCode }) => {
      const error = new BuildError(code, message, { exitCode });
      expect(errorOfFailure(failureMessage(error))).toMatchObject({ code, message, exitCode });
    }),
  );
});
