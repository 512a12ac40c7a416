/** What came of a build, on the wire (libstore/worker-protocol.cc, common-protocol.cc). */
import { StoreError } from '../../errors.ts';
import type { DerivedPath } from '../../formats/derived-path.ts';
import { formatRealisation, parseRealisation, parseRealisationId } from '../../formats/realisation.ts';
import type { Realisation } from '../../path-info.ts';
import { since } from '../protocol.ts';
import type { WireReader } from '../wire/reader.ts';
import type { WireWriter } from '../wire/writer.ts';
import { readDerivedPath, writeDerivedPath } from './derivations.ts';

/** By their numbers. */
export const buildStatuses = [
  'built',
  'substituted',
  'already-valid',
  'permanent-failure',
  'input-rejected',
  'output-rejected',
  'transient-failure',
  'cached-failure',
  'timed-out',
  'misc-failure',
  'dependency-failed',
  'log-limit-exceeded',
  'not-deterministic',
  'resolves-to-already-valid',
  'no-substituters',
] as const;

export type BuildStatus = (typeof buildStatuses)[number];

export interface BuildResult {
  readonly status: BuildStatus;
  /** '' unless it failed. */
  readonly errorMessage: string;
  readonly timesBuilt: number;
  readonly isNonDeterministic: boolean;
  /** Seconds since 1970; 0 where nothing was built. */
  readonly startTime: number;
  readonly stopTime: number;
  /** Microseconds. */
  readonly cpuUser?: number;
  readonly cpuSystem?: number;
  readonly builtOutputs: readonly Realisation[];
}

export interface KeyedBuildResult extends BuildResult {
  readonly path: DerivedPath;
}

export async function readBuildResult(from: WireReader, version: number, directory: string): Promise<BuildResult> {
  const code = await from.number();
  const status = buildStatuses[code];
  if (!status) throw new StoreError('invalid', `Invalid BuildResult status ${code} from remote`);
  const errorMessage = await from.text();
  const timed = version >= since.buildTimes;
  const timesBuilt = timed ? await from.number() : 0;
  const isNonDeterministic = timed && (await from.bool());
  const startTime = timed ? await from.number() : 0;
  const stopTime = timed ? await from.number() : 0;
  const cpuUser = version >= since.cpuTimes ? await readMicroseconds(from) : undefined;
  const cpuSystem = version >= since.cpuTimes ? await readMicroseconds(from) : undefined;
  const builtOutputs = version >= since.builtOutputs ? await readBuiltOutputs(from, directory) : [];
  return {
    status,
    errorMessage,
    timesBuilt,
    isNonDeterministic,
    startTime,
    stopTime,
    ...(cpuUser === undefined ? {} : { cpuUser }),
    ...(cpuSystem === undefined ? {} : { cpuSystem }),
    builtOutputs,
  };
}

export function writeBuildResult(to: WireWriter, result: BuildResult, version: number, directory: string): void {
  to.number(buildStatuses.indexOf(result.status)).text(result.errorMessage);
  if (version >= since.buildTimes) {
    to.number(result.timesBuilt).bool(result.isNonDeterministic).number(result.startTime).number(result.stopTime);
  }
  if (version >= since.cpuTimes) {
    writeMicroseconds(to, result.cpuUser);
    writeMicroseconds(to, result.cpuSystem);
  }
  if (version < since.builtOutputs) return;
  const sorted = [...result.builtOutputs].sort((a, b) => (a.id < b.id ? -1 : 1));
  to.list(sorted, (realisation) => to.text(realisation.id).text(formatRealisation(realisation, directory)));
}

export async function readKeyedBuildResult(from: WireReader, version: number, directory: string): Promise<KeyedBuildResult> {
  const path = await readDerivedPath(from, version, directory);
  return { path, ...(await readBuildResult(from, version, directory)) };
}

export function writeKeyedBuildResult(to: WireWriter, result: KeyedBuildResult, version: number, directory: string): void {
  writeDerivedPath(to, result.path, version);
  writeBuildResult(to, result, version, directory);
}

function readBuiltOutputs(from: WireReader, directory: string): Promise<Realisation[]> {
  return from.list(async () => {
    const id = parseRealisationId(await from.text());
    const realisation = parseRealisation(await from.text(), directory);
    if (realisation.id !== id) throw new StoreError('invalid', `realisation of '${realisation.id}' stands for '${id}'`);
    return realisation;
  });
}

async function readMicroseconds(from: WireReader): Promise<number | undefined> {
  const tag = await from.number();
  if (tag > 1) throw new StoreError('invalid', 'Invalid optional build time from remote');
  return tag === 1 ? from.number() : undefined;
}

function writeMicroseconds(to: WireWriter, time: number | undefined): void {
  if (time === undefined) to.number(0);
  else to.number(1).number(time);
}
