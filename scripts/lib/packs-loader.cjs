// Loads chunks out of packs (`evaluator.js`, …), with the code that V8 compiled of them when the bundle was built (bundle.mjs). Another V8 refuses that code,
// and compiles.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

/** The names of packs by the chunks in them; bundle.mjs writes it. */
const packOf = {};
const packs = new Map();
const loaded = new Map();

function codeCache(name) {
  if (process.versions.bun) return undefined;
  try {
    return fs.readFileSync(path.join(__dirname, `${name}.cache`));
  } catch {
    return undefined;
  }
}

function open(name) {
  const filename = path.join(__dirname, `${name}.js`);
  // esbuild writes ASCII: it need not be decoded.
  const script = new vm.Script(fs.readFileSync(filename, 'latin1'), { filename, cachedData: codeCache(name) });
  const pack = { script, chunks: script.runInThisContext()(filename, __dirname) };
  packs.set(name, pack);
  return pack;
}

function load(chunk) {
  let module = loaded.get(chunk);
  if (!module) {
    module = { exports: {} };
    loaded.set(chunk, module);
    const name = packOf[chunk];
    (packs.get(name) ?? open(name)).chunks[chunk](ask, module.exports, module);
  }
  return module.exports;
}

const ask = (name) => (Object.hasOwn(packOf, name) ? load(name) : require(name));
ask.resolve = require.resolve;
module.exports = { load, packs };
