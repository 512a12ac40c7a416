// The examples: folders of examples/, in the order in which they teach.
import type { Snapshot } from './state/workspace.ts';

export interface Example extends Snapshot {
  id: string;
  title: string;
  /** The panel that shows what it is about. */
  panel?: string;
}

const texts = import.meta.glob<string>('../examples/**/*', { query: '?raw', import: 'default', eager: true });

const titles: [id: string, title: string, panel?: string][] = [
  ['tour', 'The language on one page'],
  ['functions', 'Functions'],
  ['strings', 'Strings and paths'],
  ['lists', 'Lists and sets'],
  ['laziness', 'Laziness', 'tree'],
  ['imports', 'Several files'],
  ['errors', 'Errors'],
  ['derivations', 'Derivations', 'derivation'],
  ['context', 'String context'],
  ['fixed-points', 'Fixed points'],
  ['overlays', 'Overlays'],
  ['modules', 'Modules'],
];

function exampleFrom([id, title, panel]: (typeof titles)[number]): Example {
  const folder = `../examples/${id}/`;
  const files = Object.entries(texts)
    .filter(([file]) => file.startsWith(folder))
    .map(([file, contents]) => ({ name: file.slice(folder.length), contents }));
  // The file that is evaluated comes first.
  files.sort((a, b) => Number(b.name === 'default.nix') - Number(a.name === 'default.nix') || (a.name < b.name ? -1 : 1));
  return { id, title, files, active: 'default.nix', ...(panel && { panel }) };
}

export const examples: readonly Example[] = titles.map(exampleFrom);

export const exampleOf = (id: string): Example | undefined => examples.find((example) => example.id === id);
