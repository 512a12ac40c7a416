/** Makes a build's folder from its request: what it may write to, its files, where its inputs lie. */
import fs from 'node:fs';
import path from 'node:path';
import { encodeText } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import type { BuildOptions, BuildRequest } from '../service.ts';
import { writeNetworkEtc } from './etc.ts';
import { type BuildFolders, isMountPoint, makeFolder } from './folders.ts';
import type { InputPlaces } from './inputs.ts';

/** A folder that the build may write to. */
export interface Scratch {
  /** Relative to the build's root. */
  readonly path: string;
  readonly place: string;
}

/** An input that has to be mounted. */
export interface Mount {
  /** Absolute inside. */
  readonly target: string;
  readonly place: string;
  /** Where it is to stand on this machine's side. */
  readonly point: string;
}

export interface Prepared {
  readonly request: BuildRequest;
  readonly folder: string;
  /** Whom the build runs as; undefined: as we do. */
  readonly user: number | undefined;
  readonly scratch: readonly Scratch[];
  /** Where inputs are mounted, when that is not a scratch folder. */
  readonly inputsFolder: string | undefined;
  readonly mounts: readonly Mount[];
  readonly tmp: string;
  readonly etc: string;
}

export interface PrepareContext {
  readonly folders: BuildFolders;
  readonly inputs: InputPlaces;
  readonly user: number | undefined;
  readonly folder: string;
}

const clean = /^[^/]+(\/[^/]+)*$/;

export const checkPath = (what: string, file: string): string => {
  const names = file.split('/');
  if (!clean.test(file) || names.some((name) => name === '.' || name === '..') || file.includes('\0')) {
    throw new BuildError('invalid', `${what} '${file}' is no clean relative path`);
  }
  return file;
};

const stickyForGroup = 0o1775;

export async function prepareBuild(request: BuildRequest, context: PrepareContext, options: BuildOptions): Promise<Prepared> {
  const { folder, user, folders } = context;
  const scratch = request.scratchPaths.map((file, i) => ({
    path: checkPath('scratch path', file),
    place: path.join(folder, i === 0 ? 'build' : `scratch-${i}`),
  }));
  const byPath = new Map(scratch.map((each) => [each.path, each.place]));
  for (const each of scratch) makeScratch(each, request, user);
  writeFiles(request, scratch, user);
  const inputsDirectory = checkPath('inputs directory', request.inputsDirectory);
  const inputsFolder = byPath.has(inputsDirectory) ? undefined : path.join(folder, 'inputs');
  if (inputsFolder) fs.mkdirSync(inputsFolder, { mode: 0o755 });
  const mounts = await placeInputs(request, byPath.get(inputsDirectory) ?? inputsFolder!, context, options);
  const tmp = path.join(folder, 'tmp');
  makeFolder(tmp, 0o777);
  fs.chmodSync(tmp, 0o1777);
  return { request, folder, user, scratch, inputsFolder, mounts, tmp, etc: makeEtc(request, folder, folders) };
}

function makeScratch({ path: file, place }: Scratch, request: BuildRequest, user: number | undefined): void {
  const isStore = file === request.inputsDirectory;
  makeFolder(place, 0o700);
  if (user !== undefined) fs.chownSync(place, isStore ? 0 : user, user);
  if (isStore) fs.chmodSync(place, stickyForGroup);
}

function makeEtc(request: BuildRequest, folder: string, folders: BuildFolders): string {
  if (!request.constraints.networkAccess) return folders.etc;
  const etc = path.join(folder, 'etc');
  fs.mkdirSync(etc);
  writeNetworkEtc(etc);
  fs.chmodSync(etc, 0o555);
  return etc;
}

/** Where a path of the build lies on this machine, if it may write there. */
export function placeOf(file: string, scratch: readonly Scratch[]): string | undefined {
  const above = scratch.find((each) => file.startsWith(`${each.path}/`));
  return above && path.join(above.place, file.slice(above.path.length + 1));
}

const native = (file: string): Buffer => Buffer.from(encodeText(file));

function writeFiles({ additionalFiles }: BuildRequest, scratch: readonly Scratch[], user: number | undefined): void {
  for (const { path: file, contents } of additionalFiles) {
    const place = placeOf(checkPath('file', file), scratch);
    if (place === undefined) throw new BuildError('invalid', `file '${file}' lies in no scratch path`);
    makeParents(path.dirname(place), user);
    fs.writeFileSync(native(place), contents, { flag: 'wx', mode: 0o644 });
    if (user !== undefined) fs.chownSync(native(place), user, user);
  }
}

function makeParents(folder: string, user: number | undefined): void {
  if (fs.existsSync(native(folder))) return;
  makeParents(path.dirname(folder), user);
  fs.mkdirSync(native(folder), { mode: 0o755 });
  if (user !== undefined) fs.chownSync(native(folder), user, user);
}

/** Makes a point for each input where it is to be mounted; a link is copied, since links cannot be mounted. */
async function placeInputs(request: BuildRequest, folder: string, context: PrepareContext, options: BuildOptions): Promise<Mount[]> {
  const places = await context.inputs.find(request.inputs, options);
  const outputs = new Set(request.outputs);
  const mounts: Mount[] = [];
  const points = new MountPoints(folder, context.user);
  for (const [i, { name }] of request.inputs.entries()) {
    const inside = checkPath('input', `${request.inputsDirectory}/${name}`);
    if (outputs.has(inside)) throw new BuildError('invalid', `'${inside}' is an input and an output`);
    const [place, point] = [places[i]!, path.join(folder, name)];
    const stat = fs.lstatSync(place);
    if (stat.isSymbolicLink()) {
      points.clear(name);
      fs.symlinkSync(fs.readlinkSync(place, 'buffer'), point);
      continue;
    }
    points.make(name, stat.isDirectory());
    mounts.push({ target: `/${inside}`, place, point });
  }
  points.removeOthers();
  return mounts;
}

/** The points of one build, of which the last build of the same user may have left some. */
class MountPoints {
  readonly #folder: string;
  /** Whether they are folders, by name. */
  readonly #left = new Map<string, boolean>();

  constructor(folder: string, user: number | undefined) {
    this.#folder = folder;
    // Without a user of its own a build leaves none.
    for (const name of user === undefined ? [] : fs.readdirSync(folder)) {
      const stat = fs.lstatSync(path.join(folder, name));
      if (isMountPoint(stat)) this.#left.set(name, stat.isDirectory());
    }
  }

  make(name: string, isFolder: boolean): void {
    if (this.#left.get(name) === isFolder) {
      this.#left.delete(name);
      return;
    }
    this.clear(name);
    const point = path.join(this.#folder, name);
    if (isFolder) fs.mkdirSync(point, { mode: 0o555 });
    else fs.writeFileSync(point, '', { mode: 0o444 });
  }

  /** Makes room for something else. */
  clear(name: string): void {
    if (this.#left.delete(name)) fs.rmSync(path.join(this.#folder, name), { recursive: true });
  }

  /** What no input of this build is mounted on must not be seen. */
  removeOthers(): void {
    for (const name of [...this.#left.keys()]) this.clear(name);
  }
}
