// Writes a pack: blocks first, the manifest last, so that whoever reads it meanwhile sees the old one whole or the new one.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { joinBytes } from '@vixen/eval-core';
import { type BlockRef, blockName, formatManifest, manifestName, type PackGroup, type PackManifest } from '../../core/pack/format.ts';
import { encodeListing, type PackEntry, type Place } from '../../core/pack/listing.ts';
import type { ObjectNode, Plan } from './plan.ts';
import { type FileNode, type FolderNode, ScanError, type TreeNode } from './scan.ts';

/** A block; its reference is known when it has been written. */
interface Block {
  ref?: BlockRef;
}

export class PackWriter {
  readonly #root: string;
  readonly #out: string;
  readonly #places = new Map<ObjectNode, { block: Block; offset: number }>();
  readonly #written = new Map<string, BlockRef>();
  #files = 0;
  #bytes = 0;

  /** Of the files below `root`, into the folder `out`. */
  constructor(root: string, out: string) {
    this.#root = root;
    this.#out = out;
    fs.mkdirSync(path.join(out, 'blocks'), { recursive: true });
  }

  write(tree: FolderNode, plan: Plan, label: string): PackManifest {
    for (const files of plan.leaves) this.#block(files);
    const fileBlocks = plan.groups.map(({ files }) => files.map((nodes) => this.#block(nodes)));
    for (const nodes of plan.mixed) this.#block(nodes);
    const folderBlocks = plan.groups.map((): BlockRef[] => []);
    for (const [i, { folders }] of [...plan.groups.entries()].reverse()) folderBlocks[i] = folders.map((nodes) => this.#block(nodes));
    const groups = plan.groups.flatMap(({ name, ahead }, i): PackGroup[] => {
      // The last block of folders holds the outermost one, by which the way leads to all others.
      const blocks = [...folderBlocks[i]!.reverse(), ...fileBlocks[i]!];
      return ahead > 0 && blocks.length > 0 ? [{ name, ahead, blocks }] : [];
    });
    const root = this.#placeOf(tree);
    return this.#finish({ label, groups, root: { block: root.block.ref!, offset: root.offset } });
  }

  #placeOf(node: ObjectNode) {
    const place = this.#places.get(node);
    if (!place) throw new Error(`pack: '${node.path}' is referred to before it has been written`);
    return place;
  }

  #block(nodes: readonly ObjectNode[]): BlockRef {
    const block: Block = {};
    const parts: Uint8Array[] = [];
    let offset = 0;
    for (const node of nodes) {
      const bytes = node.kind === 'folder' ? this.#listing(node, block) : this.#contents(node);
      this.#places.set(node, { block, offset });
      parts.push(bytes);
      offset += bytes.length;
    }
    block.ref = this.#store(joinBytes(parts));
    return block.ref;
  }

  #contents(file: FileNode): Uint8Array {
    const native = path.join(this.#root, file.path);
    const bytes = fs.readFileSync(native);
    if (bytes.length !== file.size) throw new ScanError(`'${native}' has changed while it was packed`);
    this.#files += 1;
    this.#bytes += bytes.length;
    return bytes;
  }

  #listing(folder: FolderNode, own: Block): Uint8Array {
    return encodeListing(Array.from(folder.children, ([name, child]) => [name, this.#entry(child, own)] as const));
  }

  #entry(node: TreeNode, own: Block): PackEntry {
    if (node.kind === 'symlink') return node;
    const { block, offset } = this.#placeOf(node);
    const place: Place = { block: block === own ? undefined : block.ref, offset };
    return node.kind === 'folder' ? { kind: 'folder', place } : { kind: node.kind, place, length: node.size };
  }

  #store(raw: Uint8Array): BlockRef {
    const packed = deflateRawSync(raw, { level: constants.Z_BEST_COMPRESSION, memLevel: 9 });
    const hash = createHash('sha256').update(packed).digest('hex');
    const ref = { hash, size: packed.length, rawSize: raw.length };
    if (!this.#written.has(hash)) fs.writeFileSync(path.join(this.#out, blockName(ref)), packed);
    this.#written.set(hash, ref);
    return ref;
  }

  #finish(parts: Pick<PackManifest, 'label' | 'groups' | 'root'>): PackManifest {
    const packed = [...this.#written.values()].reduce((sum, { size }) => sum + size, 0);
    const manifest = { ...parts, files: this.#files, bytes: this.#bytes, packed };
    const file = path.join(this.#out, manifestName);
    fs.writeFileSync(`${file}.new`, formatManifest(manifest));
    fs.renameSync(`${file}.new`, file);
    this.#removeOthers();
    return manifest;
  }

  /** Blocks of an earlier pack. */
  #removeOthers() {
    const kept = new Set(Array.from(this.#written.values(), (ref) => path.basename(blockName(ref))));
    const folder = path.join(this.#out, 'blocks');
    for (const name of fs.readdirSync(folder)) if (/^[0-9a-f]{64}\.bin$/.test(name) && !kept.has(name)) fs.rmSync(path.join(folder, name));
  }
}
