// Procedures that the machine itself needs; all in assembly/vm.
const proc = (name, slots, file, more = {}) => ({ name, kind: "proc", internal: true, args: [], slots, file, ...more });
export default [
  // slots: left, right → true or false. `==` of two values as Nix's eqValues, without the identity test at the top
  proc("equal", 8, "vm/equal"),
  // slots: left, right → true or false: `left < right`
  proc("less", 8, "vm/equal"),
  // slots: value, flags (COERCE_*, tagged) → string
  proc("coerceToString", 8, "vm/coerce", { catches: true }),
  // slots: value → the value, everything in it forced
  proc("deepForce", 6, "vm/deep", { catches: true }),
  // slots: value → string: coercion to a store path or an absolute path (coerceToPath)
  proc("coerceToPath", 6, "vm/coerce"),
  // slots: path value → the value of the imported file
  proc("importFile", 8, "vm/import", { catches: true }),
];
