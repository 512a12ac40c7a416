// `npm run playground:pack -- NIXPKGS [--out DIR] [--json]`
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { renderSize } from '../../core/sizes.ts';
import { makePack } from './pack.ts';
import { ScanError } from './scan.ts';
import { nixpkgsWorkloads } from './workloads.ts';

const usage = `usage: npm run playground:pack -- NIXPKGS [--out DIR] [--json]

Packs a nixpkgs folder for the playground, into DIR (host/playground/public/pack).`;

const defaultOut = 'host/playground/public/pack';

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(usage);
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new ScanError(usage);
  // npm runs this from the top of the repository.
  const named = (folder: string) => path.resolve(process.env.INIT_CWD ?? '.', folder);
  const nixpkgs = named(given);
  const out = values.out === undefined ? defaultOut : named(values.out);
  if (!fs.existsSync(path.join(nixpkgs, 'lib/default.nix'))) throw new ScanError(`'${nixpkgs}' is no nixpkgs: it has no lib/default.nix`);
  const started = performance.now();
  const { manifest, recorded } = await makePack({
    root: nixpkgs,
    out,
    workloads: nixpkgsWorkloads,
    step: (text) => console.error(`pack: ${text}`),
  });
  for (const { failed } of recorded) {
    for (const [text, reason] of failed) console.error(`pack: not looked at: ${text.trim().split('\n')[0]} (${reason.split('\n')[0]})`);
  }
  const { label, files, bytes, packed } = manifest;
  if (values.json) return console.log(JSON.stringify({ out, label, files, bytes, packed }));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${out}: ${files} files, ${renderSize(bytes)}, packed ${renderSize(packed)} (${seconds} s)`);
}

main().catch((error: unknown) => {
  console.error(error instanceof ScanError ? `pack: ${error.message}` : error);
  process.exitCode = 1;
});
