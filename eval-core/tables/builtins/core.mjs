// Procedures that the machine itself needs; all in assembly/vm.
const proc = (name, slots, file, more = {}) => ({ name, kind: 'proc', internal: true, args: [], slots, file, ...more });
export default [
  // slots: left, right → true or false. `==` of two values as Nix's eqValues, without the identity test at the top
  proc('equal', 8, 'vm/equal', { counts: true }),
  // slots: left, right → true or false: `left < right`
  proc('less', 8, 'vm/equal'),
  proc('lessElements', 8, 'vm/equal'),
  // slots: value, flags (COERCE_*, tagged), address of the trace literal of "cannot coerce" (tagged; 0 none), its position (tagged) → string
  proc('coerceToString', 8, 'vm/coerce', { catches: true, counts: true }),
  // slots: left string or path, right, position: the rest of `+`
  proc('addRight', 3, 'vm/coerce'),
  // slots: left, flags: makes the left side of `+` a string
  proc('functorCall', 4, 'vm/calls', { counts: true }),
  // slots: file's path (import), or source as parsed → the value of the whole file
  proc('evalBody', 4, 'vm/import', { catches: true }),
  // slots: left, right, position: raises how two values differ, or nothing
  proc('assertEqual', 8, 'vm/asserts', { catches: true, counts: true }),
  // slots: error, path record, environment, instruction, symbols, position, name: evaluates the names of a path that failed
  proc('pathNames', 7, 'vm/path-names', { catches: true, noTrace: true }),
  // slots: left, right, record of the assertion
  proc('assertFailed', 4, 'vm/asserts', { catches: true }),
  // slots: value → the value, everything in it forced
  proc('deepForce', 6, 'vm/deep', { catches: true, counts: true }),
  // slots: value → string: coercion to a store path or an absolute path (coerceToPath)
  proc('coerceToPath', 6, 'vm/coerce', { catches: true }),
  // slots: path value → the value of the imported file
  proc('importFile', 8, 'vm/import'),
  // slots: function, set of arguments → result of Nix's autoCallFunction
  proc('autoCall', 6, 'vm/jobs'),
  // slots: value, strict → text
  proc('printPlainText', 2, 'vm/jobs'),
  // slots: value → the value, forced
  proc('forceValue', 2, 'vm/jobs'),
  // slots: function, argument → its application
  proc('apply', 2, 'vm/jobs'),
];
