// A transform of asc for the components' entries (component.mjs): gives the exports the names that the component model looks for
// (`package:name/interface@version#function`), which AssemblyScript cannot write, and leaves no imports. The environment variable
// VIXEN_COMPONENT says what stands before the `#`.

const prefix = process.env.VIXEN_COMPONENT;

/** Exports that the canonical ABI names itself. */
const kept = new Set(['memory', 'cabi_realloc']);
/** Exports that are there for `resolveImports` alone. */
const hidden = new Set(['trap', 'sha256Own']);

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function exportsOf(binaryen, module) {
  return Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)));
}

function renameExports(module, exports) {
  for (const { name, value } of exports) {
    if (kept.has(name)) continue;
    module.removeExport(name);
    if (!hidden.has(name)) module.addFunctionExport(value, `${prefix}#${kebab(name)}`);
  }
}

/** The host may bring a faster SHA-256 to the core module; the component has its own. */
function resolveImports(binaryen, module, exports) {
  const own = exports.find(({ name }) => name === 'sha256Own')?.value;
  const imported = Array.from({ length: module.getNumFunctions() }, (_, i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)));
  for (const { name, module: from, base, params, results } of imported) {
    if (from !== 'host') continue;
    if (base !== 'sha256' || !own) throw new Error(`a component may import nothing: ${from}.${base}`);
    const operands = binaryen.expandType(params).map((type, i) => module.local.get(i, type));
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.call(own, operands, results));
  }
}

/** asc gives each transform its Binaryen as `this.binaryen`. */
export default class ComponentTransform {
  afterCompile(module) {
    const exports = exportsOf(this.binaryen, module);
    if (!prefix) throw new Error('VIXEN_COMPONENT names no interface');
    resolveImports(this.binaryen, module, exports);
    renameExports(module, exports);
  }
}
