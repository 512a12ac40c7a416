// Runs the bundle once and writes what V8 has compiled of a pack: `node code-cache.cjs FOLDER PACK ARGUMENT…`. See bundle.mjs.
const fs = require('node:fs');
const path = require('node:path');

const [, , dist, pack] = process.argv;
// V8 knows a source by its length alone, so the code of an earlier build could pass for this one's.
fs.rmSync(path.join(dist, `${pack}.cache`), { force: true });
process.argv.splice(1, 3, path.join(dist, 'vixen.cjs'));
process.on('exit', () => {
  const { script } = require(path.join(dist, 'packs.cjs')).packs.get(pack) ?? {};
  if (script) fs.writeFileSync(path.join(dist, `${pack}.cache`), script.createCachedData());
});
require(path.join(dist, 'vixen.cjs'));
