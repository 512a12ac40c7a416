// Prints every import that breaks the rule between rooms, and fails if there is one.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.mjs';
import { importsOf, rooms, violation } from './lib/rooms.mjs';
import { filesBelow } from './lib/stamp.mjs';

const tops = new Set(rooms.map(({ folder }) => path.join(root, folder.split('/')[0])));
const files = filesBelow(
  [...tops].filter((top) => fs.existsSync(top)),
  (file) => /\.m?[jt]s$/.test(file),
);

let found = 0;
for (const file of files) {
  const name = path.relative(root, file).split(path.sep).join('/');
  for (const imported of importsOf(fs.readFileSync(file, 'utf8'))) {
    const reason = violation(name, imported);
    if (!reason) continue;
    found += 1;
    console.error(`${name}: ${reason}`);
  }
}
console.error(found === 0 ? `Rooms: ${files.length} files, every import is allowed.` : `Rooms: ${found} imports break the rule.`);
process.exitCode = found === 0 ? 0 : 1;
