/**
 * The store `embedded:`, the default: a folder that any number of processes use at once, without a server (docs/store.md). `embedded:///ROOT` says where
 * `/nix/store` stands; `embedded:` is the machine's own root where `/nix` is ours to write and no Nix lives there, otherwise `root` in our data folder.
 */
import type { Node } from '../castore/node.ts';
import { CastoreStore } from '../castore/store.ts';
import { BlobWriter } from '../embedded/blob-writer.ts';
import { EmbeddedBlobs } from '../embedded/blobs.ts';
import { EmbeddedCheckouts } from '../embedded/checkouts.ts';
import { EmbeddedCollector } from '../embedded/collector.ts';
import { EmbeddedDirectories } from '../embedded/directories.ts';
import { diskFiles, type Files, filesIn, StoreLayout } from '../embedded/files.ts';
import { IndexFile } from '../embedded/index-file.ts';
import { Packs } from '../embedded/packs.ts';
import { EmbeddedPaths } from '../embedded/paths.ts';
import { EmbeddedLogs, EmbeddedRealisations } from '../embedded/records-of-builds.ts';
import { embeddedRoot } from '../embedded/root.ts';
import { FileRoots } from '../embedded/roots.ts';
import { Sessions } from '../embedded/sessions.ts';
import { verifyParts } from '../embedded/verify.ts';
import { defaultStoreDirectory } from '../formats/store-path.ts';
import type { OpenOptions } from '../open.ts';
import { keepSettingsOf, trustOf } from './settings.ts';

export interface EmbeddedOptions extends OpenOptions {
  /** What is written through; the disk, but for specs of crashes. */
  readonly files?: Files;
}

export async function openEmbeddedStore(url: URL, options: EmbeddedOptions = {}): Promise<CastoreStore> {
  const layout = new StoreLayout(embeddedRoot(url, options));
  const directory = defaultStoreDirectory;
  const trust = trustOf(options);
  for (const folder of [layout.index, layout.packs, layout.blobs, layout.logs]) (options.files ?? diskFiles).makeFolder(folder);
  const files = options.files ?? filesIn(layout.state);
  const index = await IndexFile.open(layout.index, options.readOnly ?? false);

  const sessions = new Sessions(index);
  const packs = new Packs(index, files, layout, sessions);
  const writer = new BlobWriter(index, files, layout, packs, sessions);
  const blobs = new EmbeddedBlobs(index, layout, packs, writer, sessions);
  const directories = new EmbeddedDirectories(index, sessions);
  const paths = new EmbeddedPaths(index, sessions, directory, (path) => checkouts.discard(path));
  const checkouts = new EmbeddedCheckouts(layout, paths, blobs, directories);
  const roots = new FileRoots(layout, directory);
  const keep = keepSettingsOf(url);
  const collector = new EmbeddedCollector({
    index,
    files,
    layout,
    packs,
    writer,
    sessions,
    paths,
    blobs,
    checkouts,
    roots,
    keep,
    directory,
  });
  return new CastoreStore({
    url: url.href,
    directory,
    castore: { blobs, directories },
    table: paths,
    trust,
    collector,
    checkouts,
    realisations: new EmbeddedRealisations(index, trust, directory),
    logs: new EmbeddedLogs(files, layout, directory),
    forgetDamaged: (node, call) => blobs.forgetDamaged(blobsOf(directories, node), call),
    verifyParts: (call) => verifyParts({ index, layout, blobs, directories }, call),
    close: async () => {
      await writer.close();
      await sessions.close();
      packs.closeReaders();
      await index.close();
    },
  });
}

function* blobsOf(directories: EmbeddedDirectories, root: Node): Generator<Uint8Array, void, void> {
  const todo = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (node.type === 'file') yield node.digest;
    if (node.type === 'directory') for (const entry of directories.find(node.digest)?.entries ?? []) todo.push(entry.node);
  }
}
