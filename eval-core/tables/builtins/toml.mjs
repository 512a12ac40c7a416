// TOML.
export default [
  {
    name: 'fromTOML',
    global: true,
    args: ['plain'],
    ctx: ['while evaluating the argument passed to builtins.fromTOML'],
    doc: 'The value of a TOML 1.0.0 document. Dates and times need the experimental feature `parse-toml-timestamps`; they become sets `{ _type = "timestamp"; value = "…"; }`.',
  },
];
