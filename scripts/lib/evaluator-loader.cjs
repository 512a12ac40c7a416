// Loads chunks out of `evaluator.js`, with the code that V8 compiled of it when the bundle was built (bundle.mjs). Another V8 refuses that code, and compiles.
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const filename = path.join(__dirname, 'evaluator.js');

function codeCache() {
  try {
    return fs.readFileSync(path.join(__dirname, 'evaluator.cache'));
  } catch {
    return undefined;
  }
}

// esbuild writes ASCII: it need not be decoded.
const script = new vm.Script(fs.readFileSync(filename, 'latin1'), { filename, cachedData: codeCache() });
const chunks = script.runInThisContext()(filename, __dirname);
const loaded = new Map();

function load(name) {
  let module = loaded.get(name);
  if (!module) {
    module = { exports: {} };
    loaded.set(name, module);
    chunks[name](ask, module.exports, module);
  }
  return module.exports;
}

const ask = (name) => (Object.hasOwn(chunks, name) ? load(name) : require(name));
ask.resolve = require.resolve;
module.exports = { load, script };
