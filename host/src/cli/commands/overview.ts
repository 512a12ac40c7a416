// `vixen`, `vixen --help`, and words that are no command.
import { bestMatches, nearest } from '../../core/errors/suggestions.ts';
import { writeErr, writeOut } from '../output.ts';

const text = `Usage: vixen COMMAND [ARGUMENTS]

Nix without Nix: evaluates the Nix language in WebAssembly, and builds.

Commands:
  build              build derivations, or fetch what they make
  run                run a program of what is built
  shell              run a shell with packages
  develop            run a shell with what a build needs
  log                print the log of a build
  why-depends        show why a package has another in its closure
  derivation         print derivations
  builder            build for others, over gRPC
  eval               evaluate an expression and print its value
  instantiate        print the derivations of an expression
  parse              print the syntax tree of an expression
  repl               evaluate interactively
  store              work on a store: add, ls, cat, copy, verify, gc, …
  hash               compute and convert hashes
  key                make keys that sign store paths
  nar                make and read archives
  link DIR           make links of the drop-in commands

What Nix's own commands of these names do:
  nix, nix-build, nix-hash, nix-instantiate, nix-shell, nix-store

Examples:
  vixen eval -E '1 + 1'
  vixen eval -f '<nixpkgs>' hello.drvPath
  vixen build -f '<nixpkgs>' hello
  vixen store add ./src
  vixen nix-instantiate '<nixpkgs>' -A hello

\`vixen COMMAND --help\` says more about a command.
`;

/** Prints the overview; for a word that is no command, what was perhaps meant. */
export function overview(word: string | undefined, known: string[]): number {
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    writeOut(text);
    return 0;
  }
  const [best] = nearest(bestMatches(known, word));
  writeErr(
    `error: '${word}' is not a command of vixen${best ? `. Did you mean '${best.text}'?` : ''}\nTry 'vixen --help' for more information.\n`,
  );
  return 1;
}
