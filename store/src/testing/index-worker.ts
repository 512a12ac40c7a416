/** A process of index-file.spec.ts: `index-worker count FOLDER N` adds 1 to a number, N times; `index-worker open FOLDER` opens and closes until it is killed. */
import fs from 'node:fs';
import { IndexFile } from '../embedded/index-file.ts';

const [mode, folder, count] = process.argv.slice(2);

async function add(index: IndexFile, times: number): Promise<void> {
  for (let i = 1; i <= times; i++) {
    const number = await index.write(() => index.nextNumber('counted'));
    if (number !== i) throw new Error(`${i} was lost: the number is ${number}`);
  }
}

fs.writeSync(1, 'ready\n');
if (mode === 'count') {
  const index = await IndexFile.open(folder!, false);
  await add(index, Number(count));
  await index.close();
} else {
  for (;;) await (await IndexFile.open(folder!, true)).close();
}
