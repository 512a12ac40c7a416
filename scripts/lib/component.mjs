// The evaluator as a WebAssembly component: its core module with the component's adapter, its interface (eval-core/wit) embedded, wrapped
// as a component, and that transpiled to a core module and JavaScript glue for hosts that have no components.
import fs from 'node:fs';
import path from 'node:path';
import { at, root } from './paths.mjs';
import { filesBelow, ifStale } from './stamp.mjs';
import { compile, generateTables } from './wasm.mjs';

const folder = 'eval-core/build/component';
const core = `${folder}/core.wasm`;
const component = `${folder}/vixen-eval.component.wasm`;
const transform = './scripts/lib/component-transform.mjs';

function compileCore() {
  compile('eval-core/assembly/component.ts', core, {
    extra: ['--use', 'abort=eval-core/assembly/component/trap', '--transform', transform],
  });
}

async function wrap() {
  const { componentEmbed, componentNew, transpile } = await import('@bytecodealliance/jco');
  const embedded = await componentEmbed({ binary: fs.readFileSync(at(core)), witPath: at('eval-core/wit'), worldName: 'evaluator' });
  const bytes = await componentNew(embedded, []);
  fs.writeFileSync(at(component), bytes);
  const options = { name: 'evaluator', instantiation: { tag: 'sync' }, noNodejsCompat: true, outDir: at(folder, 'js') };
  const { files } = await transpile(bytes, options);
  for (const [file, contents] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, contents);
  }
}

const versionOf = (name) => JSON.parse(fs.readFileSync(at('node_modules', name, 'package.json'), 'utf8')).version;

/** Makes the component where it is stale. */
export async function buildComponent() {
  await generateTables();
  const sources = ['wasm/assembly', 'eval-core/assembly', 'eval-core/tables', 'eval-core/wit', 'scripts/lib'];
  const step = {
    stamp: at(folder, 'component.stamp'),
    files: () =>
      filesBelow(
        sources.map((source) => at(source)),
        (file) => /\.ts$|\.wit$|component[^/]*\.mjs$/.test(file),
      ),
    extra: { asc: versionOf('assemblyscript'), jco: versionOf('@bytecodealliance/jco'), root },
    outputs: [at(component), at(folder, 'js/evaluator.js')],
  };
  return ifStale(step, async () => {
    console.error('vixen: building the component');
    compileCore();
    await wrap();
  });
}
