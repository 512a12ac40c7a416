import { nix32 } from '@vixen/wasm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoreError } from '../../errors.ts';
import type { DerivationOutput } from '../../formats/derivation/index.ts';
import { type DerivedPath, parseDerivedPath } from '../../formats/derived-path.ts';
import { normalSignatures } from '../../formats/signature.ts';
import type { PathInfo, Realisation } from '../../path-info.ts';
import { oldestVersion } from '../protocol.ts';
import { WireReader } from '../wire/reader.ts';
import { WireWriter } from '../wire/writer.ts';
import {
  type BuildResult,
  buildStatuses,
  readBuildResult,
  readKeyedBuildResult,
  writeBuildResult,
  writeKeyedBuildResult,
} from './build-result.ts';
import { type BasicDerivation, readDerivation, readDerivedPath, writeDerivation, writeDerivedPath } from './derivations.ts';
import { DaemonError, readError, writeError } from './error.ts';
import {
  type Activity,
  readMessages,
  writeFailure,
  writeLast,
  writeLog,
  writeResult,
  writeStartActivity,
  writeStopActivity,
} from './messages.ts';
import { readInfo, writeInfo } from './paths.ts';

const directory = '/nix/store';

/** Writes with one function and reads with the other; nothing may be left. */
async function through<T>(write: (to: WireWriter) => unknown, read: (from: WireReader) => Promise<T>): Promise<T> {
  const parts: Uint8Array[] = [];
  const to = new WireWriter(async (all) => void parts.push(...all));
  write(to);
  await to.flush();
  const reader = new WireReader(
    (async function* () {
      yield Buffer.concat(parts);
    })(),
  );
  const value = await read(reader);
  expect(await reader.atEnd()).toBe(true);
  return value;
}

const versions = fc.integer({ min: oldestVersion, max: 38 });
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
const digest = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => new Uint8Array(bytes));
const storePath = fc.tuple(digest(20), name).map(([bytes, text]) => `${directory}/${nix32.encode(bytes)}-${text}`);
const drvPath = storePath.map((path) => `${path}.drv`);
const paths = fc.uniqueArray(storePath, { maxLength: 4 }).map((all) => all.sort());
const count = fc.nat({ max: 2 ** 40 });
const signature = name.map((text) => `${text}:${'A'.repeat(86)}==`);
const signatures = fc.array(signature, { maxLength: 3 }).map(normalSignatures);
const optional = <K extends string, T>(key: K, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((chosen) => (chosen === undefined ? {} : { [key]: chosen }) as { [P in K]?: T });

const info: fc.Arbitrary<PathInfo> = fc
  .tuple(
    fc.record({ path: storePath, narHash: digest(32), narSize: count, references: paths, signatures, ultimate: fc.boolean() }),
    optional('deriver', drvPath),
    optional('ca', fc.constantFrom(`fixed:r:sha256:${'0'.repeat(52)}`, `text:sha256:${'1'.repeat(52)}`)),
    optional('registrationTime', fc.integer({ min: 1, max: 2 ** 33 })),
  )
  .map(([base, deriver, ca, registrationTime]) => ({ ...base, ...deriver, ...ca, ...registrationTime }));

test('path infos', async () => {
  const check = async (value: PathInfo) => {
    const read = await through(
      (to) => writeInfo(to, value),
      (from) => readInfo(from, directory),
    );
    expect({ ...read, narHash: [...read.narHash] }).toEqual({ ...value, narHash: [...value.narHash] });
  };
  await fc.assert(fc.asyncProperty(info, check));
});

const outputs = fc.oneof(
  fc.constant('*' as const),
  fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).map((names) => names.sort()),
);
const derivedPath: fc.Arbitrary<DerivedPath> = fc.oneof(
  storePath.map((path) => ({ path })),
  fc.record({ drvPath, outputs }),
);
const nestedPath: fc.Arbitrary<DerivedPath> = fc.record({ drvPath: fc.record({ drvPath, output: name }), outputs });

test('derived paths, as each version writes them', async () => {
  const check = async (value: DerivedPath, version: number) => {
    const read = through(
      (to) => writeDerivedPath(to, value, version),
      (from) => readDerivedPath(from, version, directory),
    );
    expect(await read).toEqual(value);
  };
  await fc.assert(fc.asyncProperty(derivedPath, versions, check));
  await fc.assert(fc.asyncProperty(nestedPath, fc.integer({ min: 30, max: 38 }), check));
});

test('what old versions cannot ask for', async () => {
  const to = new WireWriter(async () => {});
  const drv = `${directory}/${'0'.repeat(32)}-x.drv`;
  expect(() => writeDerivedPath(to, { path: drv }, 29)).toThrow('too old');
  expect(() => writeDerivedPath(to, parseDerivedPath(`${drv}!out!bin`), 29)).toThrow('too old');
  expect(() => parseDerivedPath(`${drv}${'!out'.repeat(100)}`)).toThrow('nests too deeply');
  expect(() => parseDerivedPath(`${drv}!a b`)).toThrow('invalid outputs specifier');
});

const realisation: fc.Arbitrary<Realisation> = fc
  .record({ hash: digest(32), output: name, outPath: storePath, signatures })
  .map(({ hash, output, ...rest }) => ({
    id: `sha256:${Buffer.from(hash).toString('hex')}!${output}`,
    ...rest,
    dependentRealisations: {},
  }));
const built = fc
  .uniqueArray(realisation, { maxLength: 3, selector: ({ id }) => id })
  .map((all) => all.sort((a, b) => (a.id < b.id ? -1 : 1)));
const buildResult: fc.Arbitrary<BuildResult> = fc
  .tuple(
    fc.record({
      status: fc.constantFrom(...buildStatuses),
      errorMessage: fc.string(),
      timesBuilt: count,
      isNonDeterministic: fc.boolean(),
      startTime: count,
      stopTime: count,
      builtOutputs: built,
    }),
    optional('cpuUser', count),
    optional('cpuSystem', count),
  )
  .map(([base, cpuUser, cpuSystem]) => ({ ...base, ...cpuUser, ...cpuSystem }));

/** What a version carries of a result. */
function carried({ cpuUser, cpuSystem, ...result }: BuildResult, version: number): BuildResult {
  const { status, errorMessage, builtOutputs } = result;
  const untimed = { status, errorMessage, timesBuilt: 0, isNonDeterministic: false, startTime: 0, stopTime: 0 };
  if (version < 28) return { ...untimed, builtOutputs: [] };
  if (version < 29) return { ...untimed, builtOutputs };
  if (version < 37) return result;
  return { ...result, ...(cpuUser === undefined ? {} : { cpuUser }), ...(cpuSystem === undefined ? {} : { cpuSystem }) };
}

test('build results, as far as each version carries them', async () => {
  const check = async (value: BuildResult, path: DerivedPath, version: number) => {
    const read = through(
      (to) => writeBuildResult(to, value, version, directory),
      (from) => readBuildResult(from, version, directory),
    );
    expect(await read).toEqual(carried(value, version));
    const keyed = through(
      (to) => writeKeyedBuildResult(to, { ...value, path }, version, directory),
      (from) => readKeyedBuildResult(from, version, directory),
    );
    expect(await keyed).toEqual({ ...carried(value, version), path });
  };
  await fc.assert(fc.asyncProperty(buildResult, derivedPath, versions, check));
});

const hash = digest(32).map((bytes) => ({ algo: 'sha256' as const, digest: bytes }));
const method = fc.constantFrom('flat' as const, 'nar' as const, 'text' as const);
const output: fc.Arbitrary<DerivationOutput> = fc.oneof(
  fc.record({ type: fc.constant('input-addressed' as const), path: storePath }),
  fc.record({ type: fc.constant('fixed' as const), path: storePath, method, hash }),
  fc.record({ type: fc.constant('floating' as const), method, algo: fc.constant('sha256' as const) }),
  fc.record({ type: fc.constant('impure' as const), method, algo: fc.constant('sha256' as const) }),
  fc.record({ type: fc.constant('deferred' as const) }),
);
const mapOf = <T>(value: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.tuple(name, value), { maxLength: 4, selector: ([key]) => key }).map((entries) => new Map(entries));
const derivation: fc.Arbitrary<BasicDerivation> = fc.record({
  outputs: mapOf(output),
  inputSources: paths,
  system: name,
  builder: fc.string(),
  args: fc.array(fc.string(), { maxLength: 3 }),
  env: mapOf(fc.string({ unit: 'grapheme' })),
});

test('derivations', async () => {
  const check = async (value: BasicDerivation) => {
    const read = through(
      (to) => writeDerivation(to, value),
      (from) => readDerivation(from, directory),
    );
    expect(await read).toEqual(value);
  };
  await fc.assert(fc.asyncProperty(derivation, check));
});

test('errors keep their codes and traces, and their words in old versions', async () => {
  const traces = ['while adding', 'while serving'];
  const errorThrough = (error: unknown, version: number) =>
    through(
      (to) => writeError(to, error, version),
      (from) => readError(from, version),
    );
  expect(await errorThrough(new DaemonError('corrupt', 'no good', traces), 38)).toMatchObject({
    code: 'corrupt',
    message: 'no good',
    traces,
  });
  expect(await errorThrough(new StoreError('untrusted', 'who?'), 26)).toMatchObject({ code: 'untrusted', message: 'who?', traces: [] });
  expect(await errorThrough(new Error("path '/nix/store/x' is not valid"), 38)).toMatchObject({ code: 'not-found' });
  expect(await errorThrough(new StoreError('corrupt', 'hash mismatch'), 25)).toMatchObject({ code: 'corrupt', message: 'hash mismatch' });
  expect(await errorThrough(new Error("path '\u001b[35;1mx\u001b[0m' is bad"), 38)).toMatchObject({ message: "path 'x' is bad" });
  expect(await errorThrough('just words', 38)).toMatchObject({ code: 'io', message: 'just words' });
});

test('messages are told in order, up to the last', async () => {
  const activity: Activity = { id: 7, level: 3, type: 105, text: 'building', fields: [1, 'two'], parent: 0 };
  const told: unknown[] = [];
  const handlers = {
    log: (text: string) => told.push(text),
    startActivity: (started: Activity) => told.push(started),
    stopActivity: (id: number) => told.push(id),
    result: (...result: unknown[]) => told.push(result),
  };
  const write = (to: WireWriter) => {
    writeLog(to, 'a line\n');
    writeStartActivity(to, activity);
    writeResult(to, 7, 101, ['log line', 5]);
    writeStopActivity(to, 7);
    writeLast(to);
  };
  await through(write, (from) => readMessages(from, 38, handlers));
  expect(told).toEqual(['a line\n', activity, [7, 101, ['log line', 5]], 7]);
  const failing = through(
    (to) => writeFailure(writeLog(to, 'x'), new StoreError('in-use', 'busy'), 38),
    (from) => readMessages(from, 38, {}),
  );
  await expect(failing).rejects.toMatchObject({ code: 'in-use', message: 'busy' });
});

test('messages that nobody knows are errors', async () => {
  const reading = (write: (to: WireWriter) => unknown) => through(write, (from) => readMessages(from, 38, {}));
  await expect(reading((to) => to.number(99))).rejects.toThrow('unknown message type 0x63');
  await expect(reading((to) => to.number(0x64617461).number(10))).rejects.toThrow('asks for data');
});
