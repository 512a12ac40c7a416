// docs/builtins.md, from the tables of builtins.

const counts = ['no argument', 'one argument', 'two arguments', 'three arguments', 'four arguments'];
const names = ({ name, global }) => (global ? `\`${name}\`, \`builtins.${name}\`` : `\`builtins.${name}\``);

function remarks({ feature, impure }) {
  const found = [];
  if (feature) found.push(`needs the experimental feature \`${feature}\``);
  if (impure) found.push('absent in pure evaluation');
  return found.length > 0 ? ` (${found.join('; ')})` : '';
}

function section(entry) {
  return `### ${entry.name}\n\n${names(entry)}${remarks(entry)}: ${counts[entry.args.length]}.\n\n${entry.doc}\n`;
}

/** What is no function: made in assembly/builtins/registry.ts. */
const constants = {
  builtins: 'The set of all builtins, itself included.',
  currentSystem: 'The system that is built for, such as `x86_64-linux`. Absent in pure evaluation.',
  currentTime: 'Seconds since 1970 when the evaluation began. Absent in pure evaluation.',
  derivation: 'A function that makes a derivation: `derivationStrict`, called when one of the attributes of the result is needed.',
  false: 'The Boolean.',
  langVersion: 'The version of the language: 6.',
  nixPath: 'The search path, a list of sets with `path` and `prefix`; what `<…>` looks in.',
  nixVersion: 'The version of Nix that is followed.',
  null: 'The value null.',
  storeDir: 'The folder of the store, `/nix/store`.',
  true: 'The Boolean.',
};

const byName = (a, b) => (a.name < b.name ? -1 : 1);

/** The page; `families` are the tables by name. */
export function builtinsPage(families) {
  const all = Object.values(families)
    .flat()
    .filter(({ internal, feature }) => !internal && feature !== 'internal')
    .map((entry) => ({ args: [], doc: '', ...entry }))
    .sort(byName);
  const head = [
    '# Builtins',
    '',
    'Made from `eval-core/tables/builtins` by `npm run docs`; edit the tables. `vixen repl` shows the same texts by `:doc`.',
    '',
  ];
  const values = Object.entries(constants).map(([name, doc]) => `| \`${name}\` | ${doc} |`);
  return [...head, '## Values', '', '| name | |', '|---|---|', ...values, '', '## Functions', '', ...all.map(section)].join('\n');
}
