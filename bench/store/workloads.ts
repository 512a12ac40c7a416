// What is raced of stores: command lines over one large tree. It and all that is made of it lie in one folder, best one in memory.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Runner } from '../runners/runner.ts';
import type { Workload } from '../workloads.ts';
import { makeClosure } from './closure.ts';
import { largeTree, makeTree } from './tree.ts';

/**
 * A runner of shell scripts, in which `as PROGRAM ARGUMENT…` calls one of its programs: `as nix-store --dump x` becomes `wrapper nix-store --dump x` where the
 * runner's command is `wrapper nix-instantiate`.
 */
export function storeRunner(runner: Runner): Runner {
  const words = [...runner.command];
  const folder = words.pop()!.replace(/[^/]*$/, '');
  // The workload's only argument, its script, comes last.
  const script = 'words=("${@:2:$#-2}"); folder=$1; as() { "${words[@]}" "$folder$1" "${@:2}"; }; eval "${@: -1}"';
  return { ...runner, command: ['bash', '-c', script, runner.name, folder, ...words] };
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function removeAll(paths: string[]) {
  // What is in stores is read-only.
  spawnSync('chmod', ['-R', 'u+w', ...paths], { stdio: 'ignore' });
  for (const each of paths) fs.rmSync(each, { recursive: true, force: true });
}

/** All workloads. The tree and the closure are made in `folder` where they are not there yet, and stay. */
export async function storeWorkloads(folder: string): Promise<Workload[]> {
  const base = path.resolve(folder, 'vixen-bench');
  const tree = path.join(base, 'tree');
  if (!fs.existsSync(tree)) makeTree(tree, largeTree);
  return [...treeWorkloads(base, tree), ...(await copyWorkloads(base, tree))];
}

/** A closure to and from a binary cache in a folder, compressed with zstd. */
async function copyWorkloads(base: string, tree: string): Promise<Workload[]> {
  const cache = path.join(base, 'closure');
  const top = await makeClosure(tree, cache);
  const shared = { rounds: 5, anonymous: true };
  const at = (what: string, runner: string) => path.join(base, `${what}-${runner}`);
  const copy = 'as nix copy --extra-experimental-features nix-command --no-check-sigs';
  const [filled, target, packed] = ['filled', 'target', 'packed'].map((what) => `${quoted(base)}/${what}-$0`);
  // What is read is made in the first run, which is not counted.
  const fill = `test -d ${filled}/nix || ${copy} --from file://${quoted(cache)} --to ${filled} ${top}`;
  const pack = `${copy} --from ${filled} --to file://${packed}?compression=zstd ${top}`;
  return [
    { ...shared, name: 'copy to a cache, zstd', args: [`${fill}; ${pack}`], prepare: (runner) => removeAll([at('packed', runner)]) },
    {
      ...shared,
      name: 'copy from a cache, zstd',
      args: [`test -d ${packed} || { ${fill}; ${pack}; }; ${copy} --from file://${packed} --to ${target} ${top}`],
      prepare: (runner) => removeAll([at('target', runner)]),
    },
  ];
}

function treeWorkloads(base: string, tree: string): Workload[] {
  const shared = { rounds: 5, anonymous: true };
  const [inTree, archive, restored] = [quoted(tree), quoted(`${tree}.nar`), quoted(path.join(base, 'restored'))];
  const store = (runner: string) => path.join(base, `store-${runner}`);
  // The runner's name is $0.
  const add = `as nix-store --store ${quoted(base)}/store-$0 --add ${inTree}`;
  const [filled, added, copy] = [quoted(store('vixen')), quoted(path.join(base, 'added')), quoted(path.join(base, 'copy'))];
  // The path is added in the first run, which is not counted.
  const isThere = `test -s ${added} && test -d ${filled}/nix/var`;
  const checkout = `{ ${isThere} || ${add} >${added}; } && as store checkout --store ${filled} "$(cat ${added})" >/dev/null`;
  return [
    { ...shared, name: 'dump into a pipe', args: [`as nix-store --dump ${inTree} | cat >/dev/null`] },
    { ...shared, name: 'hash', args: [`as nix-hash --type sha256 ${inTree}`] },
    {
      ...shared,
      name: 'restore',
      // The archive is made in the first run, which is not counted.
      args: [`test -e ${archive} || as nix-store --dump ${inTree} >${archive}; as nix-store --restore ${restored} <${archive}`],
      prepare: () => removeAll([path.join(base, 'restored')]),
    },
    { ...shared, name: 'add', args: [add], prepare: (runner) => removeAll([store(runner)]) },
    { ...shared, name: 'add again', args: [add] },
    {
      ...shared,
      // Nix adds paths as files: a plain copy is what there is to race.
      name: 'checkout (against cp -r)',
      args: [`if test $0 = vixen; then ${checkout}; else cp -r ${inTree} ${copy}; fi`],
      prepare: (runner) => removeAll(runner === 'vixen' ? [path.join(store(runner), 'nix/store')] : [path.join(base, 'copy')]),
    },
  ];
}
