// The closure that copies are raced with: the large tree as 500 paths, each with the files of some folders, in a binary cache in a folder.
import fs from 'node:fs';
import path from 'node:path';
import { openStore } from '@vixen/store';
import { type SamplePath, samplePath } from '../../store/src/testing/sample-closure.ts';

const count = 500;

/** Makes the cache of the tree's files where it is not there yet; answers the path that refers to all others. */
export async function makeClosure(tree: string, cache: string): Promise<string> {
  const named = path.join(cache, 'top');
  if (fs.existsSync(named)) return fs.readFileSync(named, 'utf8');
  const store = await openStore(`file://${cache}?compression=none`);
  const files = fs.readdirSync(tree, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  const each = Math.ceil(names.length / count);
  const made: SamplePath[] = [];
  for (let n = 0; n < count; n++) {
    const contents = names
      .slice(n * each, (n + 1) * each)
      .map((name, i) => [`${i}-${path.basename(name)}`, fs.readFileSync(name)] as const);
    const refersTo = n === count - 1 ? made : n === 0 ? [] : [made[n >> 1]!, made[(n * 7) % n]!, made[(n % 11) % n]!];
    const references = [...new Set(refersTo.map(({ info }) => info.path))];
    const sample = samplePath(`part-${n}`, new Map(contents), references);
    await store.add(sample.info, sample.nar());
    made.push(sample);
  }
  await store.close();
  const top = made.at(-1)!.info.path;
  fs.writeFileSync(named, top);
  return top;
}
