// What is raced. Each workload is a command line of `nix-instantiate`, so that any evaluator which has that command can take part.
import path from 'node:path';

export interface Workload {
  name: string;
  args: string[];
  /** The output names the program (`--version`), and so is not compared. */
  differs?: boolean;
  /** What is made ready before every run, by the runner's name; it is not measured. */
  prepare?: (runner: string) => void;
  /** Memory is anonymous memory, of all processes together. */
  anonymous?: boolean;
  /** Rounds where the command line does not say. */
  rounds: number;
}

const programs = ['calls', 'attributes', 'strings', 'sorting', 'json', 'regular-expressions', 'fixed-points', 'derivations'];
const packages = ['hello', 'python3Packages.numpy', 'firefox', 'chromium'];

const evaluate = (file: string, args: string[] = []) => ['--eval', '--strict', file, ...args];

/** All workloads, given the folder of the programs, and a folder of nixpkgs if there is one. */
export function workloads(folder: string, options: { nixpkgs?: string | undefined; heavy?: boolean | undefined }): Workload[] {
  const program = (name: string) => path.join(folder, `${name}.nix`);
  const small: Workload[] = [
    { name: 'start-up: --version', args: ['--version'], differs: true, rounds: 15 },
    { name: 'start-up: 1+1', args: ['--eval', '-E', '1+1'], rounds: 15 },
    ...programs.map((name) => ({ name, args: evaluate(program(name)), rounds: 7 })),
  ];
  if (options.nixpkgs === undefined) return small;
  const nixpkgs = ['--argstr', 'nixpkgs', path.resolve(options.nixpkgs)];
  const attribute = (name: string) => evaluate(program('nixpkgs-attribute'), [...nixpkgs, '--argstr', 'attribute', name]);
  const large: Workload[] = [
    ...packages.map((name) => ({ name: `nixpkgs: ${name}`, args: attribute(name), rounds: 5 })),
    { name: 'NixOS: a small machine', args: evaluate(program('nixos'), nixpkgs), rounds: 3 },
  ];
  const heavy = { name: 'nixpkgs: every 25th', args: evaluate(program('nixpkgs-every-25th'), nixpkgs), rounds: 1 };
  return [...small, ...large, ...(options.heavy ? [heavy] : [])];
}
