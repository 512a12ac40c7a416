// The evaluator and the Wasm room as WebAssembly components: a core module with the component's adapter, its interface (`wit/` of the room)
// embedded, wrapped as a component, and that transpiled to a core module and JavaScript glue for hosts that have no components.
import fs from 'node:fs';
import path from 'node:path';
import { at, root } from './paths.mjs';
import { filesBelow, ifStale } from './stamp.mjs';
import { compile, generateTables } from './wasm.mjs';

const transform = './scripts/lib/component-transform.mjs';

/** Each room that is a component: what it is compiled from, its world, and what its exports are named by. */
const components = {
  'eval-core': {
    sources: ['wasm/assembly', 'eval-core/assembly', 'eval-core/tables', 'eval-core/wit', 'scripts/lib'],
    world: 'evaluator',
    interface: 'vixen:eval/machine@0.1.0',
    file: 'vixen-eval.component.wasm',
    abort: 'eval-core/assembly/component/trap',
  },
  wasm: {
    sources: ['wasm/assembly', 'wasm/wit', 'scripts/lib'],
    world: 'wasm',
    interface: 'vixen:wasm/data@0.1.0',
    file: 'vixen-wasm.component.wasm',
    abort: 'wasm/assembly/component/trap',
  },
};

function compileCore(room, folder) {
  const { abort, interface: name } = components[room];
  compile(`${room}/assembly/component.ts`, `${folder}/core.wasm`, {
    extra: ['--use', `abort=${abort}`, '--transform', transform],
    env: { VIXEN_COMPONENT: name },
  });
}

async function wrap(room, folder) {
  const { componentEmbed, componentNew, transpile } = await import('@bytecodealliance/jco');
  const { world, file: name } = components[room];
  const embedded = await componentEmbed({ binary: fs.readFileSync(at(folder, 'core.wasm')), witPath: at(room, 'wit'), worldName: world });
  const bytes = await componentNew(embedded, []);
  fs.writeFileSync(at(folder, name), bytes);
  const options = { name: world, instantiation: { tag: 'sync' }, noNodejsCompat: true, outDir: at(folder, 'js') };
  const { files } = await transpile(bytes, options);
  for (const [file, contents] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, contents);
  }
}

const versionOf = (name) => JSON.parse(fs.readFileSync(at('node_modules', name, 'package.json'), 'utf8')).version;

/** Makes the components of these rooms where they are stale. */
export async function buildComponents(rooms = Object.keys(components)) {
  if (rooms.includes('eval-core')) await generateTables();
  for (const room of rooms) await buildComponent(room);
}

function buildComponent(room) {
  const folder = `${room}/build/component`;
  const { sources, file, world } = components[room];
  const step = {
    stamp: at(folder, 'component.stamp'),
    files: () =>
      filesBelow(
        sources.map((source) => at(source)),
        (name) => /\.ts$|\.wit$|component[^/]*\.mjs$/.test(name),
      ),
    extra: { asc: versionOf('assemblyscript'), jco: versionOf('@bytecodealliance/jco'), root },
    outputs: [at(folder, file), at(folder, `js/${world}.js`)],
  };
  return ifStale(step, async () => {
    console.error(`vixen: building the component of ${room}`);
    compileCore(room, folder);
    await wrap(room, folder);
  });
}
