// Runs the bundled evaluator once and writes what V8 has compiled of it: `node code-cache.cjs FOLDER`. See bundle.mjs.
const fs = require('node:fs');
const path = require('node:path');

const dist = process.argv[2];
// V8 knows a source by its length alone, so the code of an earlier build could pass for this one's.
fs.rmSync(path.join(dist, 'evaluator.cache'), { force: true });
const expression = 'builtins.toJSON (derivation { name = "x"; system = "x"; builder = "x"; }).drvPath';
process.argv.splice(1, 2, path.join(dist, 'vixen.cjs'), 'nix-instantiate', '--eval', '--strict', '-E', expression);
process.on('exit', () => {
  const { script } = require(path.join(dist, 'evaluator.cjs'));
  fs.writeFileSync(path.join(dist, 'evaluator.cache'), script.createCachedData());
});
require(path.join(dist, 'vixen.cjs'));
