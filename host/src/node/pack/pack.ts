// Makes a pack of a folder.
import fs from 'node:fs';
import path from 'node:path';
import type { PackManifest } from '../../core/pack/format.ts';
import { planPack } from './plan.ts';
import { type Recorded, record, type Workload } from './record.ts';
import { scan } from './scan.ts';
import { PackWriter } from './write.ts';

export interface PackRequest {
  readonly root: string;
  readonly out: string;
  readonly workloads: readonly Workload[];
  /** Told of what is done. */
  readonly step?: (text: string) => void;
}

export interface Packed {
  readonly manifest: PackManifest;
  readonly recorded: readonly Recorded[];
}

/** What nixpkgs calls its version: a file at its top. */
function labelOf(root: string): string {
  const file = path.join(root, 'lib/.version');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
}

export async function makePack({ root: given, out, workloads, step = () => {} }: PackRequest): Promise<Packed> {
  const root = fs.realpathSync(given);
  const tree = scan(root);
  const recorded = await record(root, workloads, (name) => step(`looked at what ${name} needs`));
  step('writing blocks');
  const manifest = new PackWriter(root, out).write(tree, planPack(tree, recorded), labelOf(root));
  return { manifest, recorded };
}
