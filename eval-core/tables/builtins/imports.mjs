// Evaluating other files.
export default [
  {
    name: 'import',
    kind: 'proc',
    args: ['lazy'],
    slots: 2,
    global: true,
    doc: 'The value of the Nix file at a path; of a folder, that of its `default.nix`. A file is evaluated once, however often it is imported.',
  },
  {
    name: 'scopedImport',
    kind: 'proc',
    args: ['attrs', 'lazy'],
    slots: 5,
    ctx: ['while evaluating the first argument passed to builtins.scopedImport', ''],
    global: true,
    doc: 'As `import`, with the attributes of a set in scope besides the builtins. Nothing is remembered.',
  },
];
