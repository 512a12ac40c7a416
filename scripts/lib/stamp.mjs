// Staleness by content: a step leaves a stamp, the hash of all that went into it, beside what it made. Modification times would not
// do, since git sets them anew on every checkout.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const skipped = new Set(['node_modules', 'build', 'dist', '.git']);

/** All files below the given files and folders, sorted, without those that a build makes. */
export function filesBelow(tops, accept = () => true) {
  const found = [];
  const visit = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of fs.readdirSync(file)) !skipped.has(name) && visit(path.join(file, name));
    else if (stat && accept(file)) found.push(file);
  };
  tops.forEach(visit);
  return found.sort();
}

/** The hash of some files (names and contents) and of anything else that decides the outcome. */
export function fingerprint(files, extra) {
  const hash = createHash('sha256').update(JSON.stringify(extra ?? null));
  for (const file of files) hash.update(`\0${file}\0`).update(fs.readFileSync(file));
  return hash.digest('hex');
}

/** Runs `make` unless the stamp says that nothing has changed and the outputs are there. Returns whether it ran. */
export async function ifStale({ stamp, files, extra, outputs }, make) {
  const before = fingerprint(files(), extra);
  const fresh = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === before && outputs.every((file) => fs.existsSync(file));
  if (fresh) return false;
  fs.mkdirSync(path.dirname(stamp), { recursive: true });
  fs.rmSync(stamp, { force: true });
  await make();
  // An input that changed while the step ran leaves the stamp out of date, so that the next run looks again.
  fs.writeFileSync(stamp, before);
  return true;
}
