/**
 * A process of index-file.spec.ts: `index-worker count FOLDER N` adds 1 to a number, N times; `index-worker open FOLDER` opens and closes until it is killed;
 * `index-worker reopen FOLDER N` counts, too, while it opens the index again and again.
 */
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { IndexFile } from '../embedded/index-file.ts';

const [mode, folder, count] = process.argv.slice(2);

async function add(index: IndexFile, times: number): Promise<void> {
  for (let i = 1; i <= times; i++) {
    const number = await index.write(() => index.nextNumber('counted'));
    if (number !== i) throw new Error(`${i} was lost: the number is ${number}`);
  }
}

fs.writeSync(1, 'ready\n');
if (mode === 'open') {
  for (;;) await (await IndexFile.open(folder!, true)).close();
}
const index = await IndexFile.open(folder!, false);
let counting = true;
const counted = add(index, Number(count)).finally(() => {
  counting = false;
});
while (mode === 'reopen' && counting) {
  await (await IndexFile.open(folder!, false)).close();
  await setImmediate();
}
await counted;
await index.close();
