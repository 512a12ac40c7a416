/** Takes outputs in when nothing of the build lives. */
import fs from 'node:fs';
import path from 'node:path';
import { type CallOptions, type Castore, StoreError } from '@vixen/store';
import { wasmHashes } from '@vixen/store/castore';
import { ingestTree } from '@vixen/store/tree';
import { decodeText, ReferenceScanner } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { BuildOutput, BuildRequest } from '../service.ts';
import { Breath } from './breath.ts';
import { placeOf, type Scratch } from './prepare.ts';

const blockSize = 512;

interface Size {
  apparent: number;
  allocated: number;
}

/** Takes all outputs into the castore, in the request's order. */
export async function takeOutputs(
  request: BuildRequest,
  scratch: readonly Scratch[],
  castore: Castore,
  options: CallOptions,
): Promise<BuildOutput[]> {
  const total: Size = { apparent: 0, allocated: 0 };
  const places = request.outputs.map((file) => placeOfOutput(file, scratch));
  for (const [i, place] of places.entries()) await inspect(place, request.outputs[i]!, total, options);
  checkSize(request, total, places[0]);
  const outputs: BuildOutput[] = [];
  for (const [i, place] of places.entries()) outputs.push(await takeOutput(request, request.outputs[i]!, place, castore, options));
  return outputs;
}

/** Folders above an output are looked at, since the build could have made links of them. */
function placeOfOutput(file: string, scratch: readonly Scratch[]): string {
  const place = placeOf(file, scratch);
  if (place === undefined) throw new BuildError('invalid', `output '${file}' lies in no scratch path`);
  const root = scratch.find((each) => place.startsWith(`${each.place}/`))!.place;
  for (let above = path.dirname(place); above !== root; above = path.dirname(above)) {
    if (fs.lstatSync(above, { throwIfNoEntry: false })?.isDirectory() !== true) throw missing(file);
  }
  if (!fs.lstatSync(place, { throwIfNoEntry: false })) throw missing(file);
  return place;
}

const missing = (file: string): BuildError =>
  new BuildError('output', `builder failed to produce output path '/${file}'`, { path: `/${file}` });

/** Looks whether a store can hold what is there, and makes it readable: modes do not count, and are dropped when it is taken in. */
async function inspect(place: string, output: string, total: Size, { signal }: CallOptions): Promise<void> {
  const root = Buffer.from(place).toString('latin1');
  const breath = new Breath();
  const open = [root];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const waiting = breath.take();
    if (waiting) {
      await waiting;
      signal?.throwIfAborted();
    }
    const bytes = Buffer.from(file, 'latin1');
    const shown = () => `/${output}${decodeText(Buffer.from(file!.slice(root.length), 'latin1'))}`;
    try {
      const stat = fs.lstatSync(bytes);
      if (stat.isFile()) {
        total.apparent += stat.size;
        total.allocated += stat.blocks * blockSize;
        if ((stat.mode & 0o400) === 0) fs.chmodSync(bytes, (stat.mode & 0o777) | 0o400);
      } else if (stat.isDirectory()) {
        if ((stat.mode & 0o500) !== 0o500) fs.chmodSync(bytes, 0o700);
        for (const name of fs.readdirSync(bytes, { encoding: 'latin1' })) open.push(`${file}/${name}`);
      } else if (!stat.isSymbolicLink()) throw new BuildError('output', `file '${shown()}' has an unsupported type`, { path: shown() });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG')) throw error;
      const name = shown();
      throw new BuildError('output', `path '${name.slice(0, 100)}…' (${name.length} bytes) is too long`, { path: name, cause: error });
    }
  }
}

/** What is larger than the disk could hold consists of holes, and nobody could read it to its end. */
function checkSize({ limits }: BuildRequest, { apparent, allocated }: Size, place: string | undefined): void {
  if (limits.output > 0 && apparent > limits.output) throw tooLarge(apparent, limits.output);
  if (place === undefined || apparent <= allocated) return;
  const { bavail, bsize } = fs.statfsSync(path.dirname(place));
  if (apparent > allocated + bavail * bsize) {
    throw new BuildError('resources', `outputs say to have ${apparent} bytes, more than the disk can hold`);
  }
}

export const tooLarge = (bytes: number, limit: number): BuildError =>
  new BuildError('resources', `outputs have ${bytes} bytes, more than the limit of ${limit} bytes`);

async function takeOutput(
  { needles }: BuildRequest,
  file: string,
  place: string,
  castore: Castore,
  options: CallOptions,
): Promise<BuildOutput> {
  const scanner = new ReferenceScanner(wasmHashes(), needles);
  try {
    const onArchive = (bytes: Uint8Array) => scanner.write(bytes);
    const { node, narHash, narSize } = await ingestTree(place, castore, { ...options, onArchive });
    const found = new Set(scanner.found());
    return { path: file, node, narHash, narSize, needles: needles.flatMap((needle, i) => (found.has(needle) ? [i] : [])) };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'invalid') {
      throw new BuildError('output', error.message, { path: `/${file}`, cause: error });
    }
    throw error;
  } finally {
    scanner.close();
  }
}
