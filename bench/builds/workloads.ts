// What is raced of builds: `nix-build` of builds that do next to nothing, so that what is around them is measured.
import fs from 'node:fs';
import path from 'node:path';
import type { Workload } from '../workloads.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

export interface BuildWorkloadsOptions {
  /** Where Vixen's stores and bundles are made. */
  readonly folder: string;
  /** The folder of the expressions. */
  readonly expressions: string;
}

/** Nix builds in its own store. What is built is new in every run, but for what is built already. */
export function buildWorkloads({ folder, expressions }: BuildWorkloadsOptions): Workload[] {
  const base = path.resolve(folder, 'vixen-bench-builds');
  fs.mkdirSync(base, { recursive: true });
  const chain = path.join(base, 'chain.nix');
  fs.copyFileSync(path.join(expressions, 'chain.nix'), chain);
  const shared = { rounds: 5, differs: true, anonymous: true };
  const store = `if test $0 = vixen; then store="--store ${base}/store"; fi`;
  const build = (builder: string, sandbox: boolean, more: string, salt: string) =>
    `${store}; VIXEN_BUILDER=${builder} as nix-build $store --option substituters '' --option sandbox ${sandbox} ${quoted(chain)} --argstr salt ${salt} ${more} --no-out-link 2>&1`;
  const salt = '$RANDOM$RANDOM';
  return [
    { ...shared, name: 'chain of 100, bwrap: and Nix sandboxed', args: [build('bwrap:', true, '', salt)] },
    { ...shared, name: 'chain of 100, local: and Nix without a sandbox', args: [build('local:', false, '', salt)] },
    {
      ...shared,
      name: 'chain of 100, oci: and runc run by itself',
      args: [`if test $0 = vixen; then ${build('oci:', true, '', salt)}; else ${bareRunc(base)}; fi`],
    },
    {
      ...shared,
      name: 'chain of 20, each with 300 paths, sandboxed',
      args: [build('bwrap:', true, '--arg length 20 --arg closure 300', salt)],
    },
    { ...shared, name: 'built already', args: [build('bwrap:', true, '', 'none')], rounds: 15 },
    { ...shared, name: 'built already, evaluated anew', args: [build('bwrap:', true, '--option eval-cache false', 'none')], rounds: 15 },
  ];
}

/** A hundred containers of a static busybox, one after another. */
function bareRunc(base: string): string {
  const bundle = path.join(base, 'bundle');
  const steps = [
    `cd ${quoted(bundle)}`,
    'test -e config.json || { runc spec && sed -i \'s/"terminal": true/"terminal": false/; s/"sh"/"true"/\' config.json; }',
    'for i in {1..100}; do runc run bench-$i; done',
  ];
  return `mkdir -p ${quoted(bundle)}/rootfs/bin && { test -e ${quoted(bundle)}/rootfs/bin/true || cp "$(command -v busybox)" ${quoted(bundle)}/rootfs/bin/true; } && ${steps.join(' && ')}`;
}
