// What a reader finds who has saved nothing yet.
import type { Snapshot } from './state/workspace.ts';

const text = `# Nix, evaluated in this page. Change something, and see the value beside.
# Nothing is sent anywhere unasked; your files are kept by this browser. "Examples" has more to begin with.
let
  name = "world";
  squares = builtins.genList (n: n * n) 10;
in
{
  greeting = "Hello, \${name}!";
  inherit squares;
  sum = builtins.foldl' (a: b: a + b) 0 squares;
}
`;

export const welcome: Snapshot = { files: [{ name: 'default.nix', contents: text }], active: 'default.nix' };
