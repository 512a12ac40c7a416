// What is evaluated to learn which files of nixpkgs are used together.
import type { Workload } from './record.ts';

/** Large tables that few look at, and names whose values warn or throw. */
const library = `
  let
    lib = import <nixpkgs/lib>;
    names = builtins.filter (name: !builtins.elem name [ "maintainers" "teams" "licenses" ]) (builtins.attrNames lib);
  in
  map (name: (builtins.tryEval lib.\${name}).success) names ++ [ (lib.evalModules { modules = [ ]; }).config ]`;

const drvPath = (attribute: string, args = '{ }') => `(import <nixpkgs> ${args}).${attribute}.drvPath`;

/** Of each kind of builder some. */
const packages = [
  'stdenv.cc',
  'git',
  'curl',
  'python3Packages.numpy',
  'python3Packages.requests',
  'ripgrep',
  'vim',
  'neovim',
  'nodejs',
  'go',
  'hugo',
  'jq',
  'ffmpeg',
  'nginx',
  'postgresql',
  'redis',
  'sqlite',
  'openjdk',
  'ruby',
  'perl',
  'php',
  'haskellPackages.pandoc',
  'emacs',
  'firefox',
  'gtk4',
  'qt6.qtbase',
  'linux',
  'qemu',
  'nix',
  'docker',
];

const functions = `
  let pkgs = import <nixpkgs> { };
  in map (drv: drv.drvPath) [
    (pkgs.mkShell { packages = [ pkgs.hello ]; })
    (pkgs.writeShellApplication { name = "a"; text = ""; })
    (pkgs.writeText "a" "")
    (pkgs.runCommand "a" { } "")
    (pkgs.symlinkJoin { name = "a"; paths = [ pkgs.hello ]; })
    (pkgs.buildEnv { name = "a"; paths = [ pkgs.hello ]; })
    (pkgs.python3.withPackages (p: [ p.requests ]))
    (pkgs.fetchFromGitHub { owner = "a"; repo = "b"; rev = "c"; hash = pkgs.lib.fakeHash; })
    (pkgs.dockerTools.buildImage { name = "a"; })
  ]`;

const system = `
  (import <nixpkgs/nixos> {
    configuration = {
      boot.loader.grub.enable = false;
      fileSystems."/" = { device = "/dev/sda"; fsType = "ext4"; };
    };
  }).system.drvPath`;

export const nixpkgsWorkloads: readonly Workload[] = [
  { name: 'lib', expressions: [library], ahead: 16 },
  { name: 'hello', expressions: [drvPath('hello')], ahead: 16 },
  { name: 'functions', expressions: [functions] },
  { name: 'packages', expressions: packages.map((name) => drvPath(name)) },
  {
    name: 'other systems',
    expressions: ['aarch64-linux', 'aarch64-darwin'].map((name) => drvPath('hello', `{ system = "${name}"; }`)),
  },
  { name: 'nixos', expressions: [system], ahead: 1 },
];
