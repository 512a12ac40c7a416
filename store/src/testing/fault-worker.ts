/**
 * A process that faults.ts kills at a random moment: `fault-worker add|copy|collect URL SEED [SOURCE-URL]`. It works until then, and says on stdout
 * what it was told is done: `keep PATH` when the path is valid and rooted, `drop PATH` before it takes the root away.
 */
import fs from 'node:fs';
import path from 'node:path';
import { openEmbeddedStore } from '../backends/embedded.ts';
import type { Store } from '../service.ts';
import { randomNumbers, randomTree } from './random-trees.ts';
import { type Added, sourceOf } from './trees.ts';

const [mode, url, seedText, sourceUrl] = process.argv.slice(2);
const seed = Number(seedText);
const next = randomNumbers(seed);
const say = (line: string) => fs.writeSync(1, `${line}\n`);

/** Roots that this process keeps at once. */
const mostKept = 20;

const rootLink = (storePath: string) =>
  path.join(decodeURIComponent(new URL(url!).pathname), 'nix/var/nix/gcroots', `${seed}-${path.basename(storePath)}`);

function keep(kept: string[], storePath: string): void {
  // In one step: it may stand there already, and was acknowledged.
  const temporary = path.join(rootLink(storePath), `../../${seed}.tmp`);
  fs.rmSync(temporary, { force: true });
  fs.symlinkSync(storePath, temporary);
  fs.renameSync(temporary, rootLink(storePath));
  say(`keep ${seed} ${storePath}`);
  kept.push(storePath);
  if (kept.length <= mostKept) return;
  const dropped = kept.splice(next(kept.length), 1)[0]!;
  say(`drop ${seed} ${dropped}`);
  fs.rmSync(rootLink(dropped), { force: true });
}

async function add(store: Store): Promise<void> {
  const kept: string[] = [];
  let previous: Added | undefined;
  for (;;) {
    // A few seeds for all, so that processes add the same paths at once.
    const added: Added = sourceOf(randomTree(next(300)), {
      name: 'tree',
      references: previous && next(3) === 0 ? [previous.info.path] : [],
    });
    await store.add(added.info, [added.nar]);
    keep(kept, added.info.path);
    previous = kept.includes(added.info.path) ? added : undefined;
  }
}

async function copy(store: Store, source: Store): Promise<void> {
  const kept: string[] = [];
  const paths: string[] = [];
  for await (const each of source.paths()) paths.push(each);
  for (;;) {
    const storePath = paths[next(paths.length)]!;
    await store.add((await source.pathInfo(storePath))!, source.nar(storePath));
    keep(kept, storePath);
  }
}

async function collect(store: Store): Promise<void> {
  for (;;) {
    await store.collector!.collect({ mode: 'delete' });
    say('collected');
  }
}

const store = await openEmbeddedStore(new URL(url!));
say('ready');
if (mode === 'add') await add(store);
else if (mode === 'copy') await copy(store, await openEmbeddedStore(new URL(sourceUrl!), { readOnly: true }));
else await collect(store);
