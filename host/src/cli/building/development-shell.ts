// A shell with what a derivation's build would begin with: its variables, its inputs, and what `$stdenv/setup` makes of them
// (nix/nix-build/nix-build.cc, `nix-shell`).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type DevelopmentAttributes, developmentAttributes, quoteShell } from '@vixen/builder';
import { type Store, storedDerivation } from '@vixen/store';
import type { DerivedPath } from '@vixen/store/formats';
import { runStoreProcess } from '../../node/store-process.ts';
import type { Evaluation } from '../evaluation.ts';

export interface DevelopmentShell {
  readonly drvPath: string;
  /** Keep nothing of the caller's environment but a few variables. */
  readonly pure: boolean;
  /** More variables that are kept. */
  readonly keep: readonly string[];
  /** Run instead of a prompt. */
  readonly command?: string | undefined;
  readonly interactive: boolean;
  /** Inputs whose derivations match are left out. */
  readonly exclude: readonly string[];
}

const kept = [
  'HOME',
  'XDG_RUNTIME_DIR',
  'USER',
  'LOGNAME',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'WAYLAND_SOCKET',
  'PATH',
  'TERM',
  'IN_NIX_SHELL',
  'NIX_SHELL_PRESERVE_PROMPT',
  'TZ',
  'PAGER',
  'NIX_BUILD_SHELL',
  'SHLVL',
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'all_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'FTP_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'no_proxy',
];

/** What has to be made before there can be a shell. */
export async function inputsOf(store: Store, drvPath: string, exclude: readonly string[]): Promise<DerivedPath[]> {
  const { inputDerivations, inputSources } = await storedDerivation(store, drvPath, {});
  const patterns = exclude.map((text) => new RegExp(text));
  const built = [...inputDerivations].filter(([path]) => !patterns.some((pattern) => pattern.test(path)));
  return [...built.map(([path, { outputs }]) => ({ drvPath: path, outputs })), ...inputSources.map((each) => ({ path: each }))];
}

/** Runs the shell; answers its exit code. `bash` is the program, from `paths` where it lies in the store. */
export async function runDevelopmentShell(
  { store: evalStore, building }: Evaluation,
  shell: DevelopmentShell,
  bash: { readonly program: string; readonly paths: readonly string[] },
): Promise<number> {
  const store = await evalStore.store();
  const wanted = await inputsOf(store, shell.drvPath, shell.exclude);
  await building.sayMissing(wanted);
  await building.realise(wanted);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nix-shell-'));
  try {
    const given = { drvPath: shell.drvPath, derivation: await storedDerivation(store, shell.drvPath, {}) };
    const attributes = await developmentAttributes(given, store, folder);
    for (const [name, text] of attributes.files) fs.writeFileSync(path.join(folder, name), text);
    const rc = path.join(folder, 'rc');
    fs.writeFileSync(rc, rcText(shell, attributes, bash.program, folder));
    const args = shell.interactive ? ['--rcfile', rc] : [rc];
    const env = environment(shell, attributes, store.directory, folder);
    return await runStoreProcess(store, { program: bash.program, args, env, paths: [...attributes.inputs, ...bash.paths] });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function environment({ pure, keep }: DevelopmentShell, { variables }: DevelopmentAttributes, directory: string, folder: string) {
  const names = new Set([...kept, ...keep]);
  const own = Object.entries(process.env).filter(([name]) => !pure || names.has(name));
  return {
    ...Object.fromEntries(own),
    // The files of NixOS read /etc/profile otherwise.
    ...(pure && { __ETC_PROFILE_SOURCED: '1' }),
    IN_NIX_SHELL: pure ? 'pure' : 'impure',
    ...Object.fromEntries(['NIX_BUILD_TOP', 'TMPDIR', 'TEMPDIR', 'TMP', 'TEMP'].map((name) => [name, folder])),
    NIX_STORE: directory,
    NIX_BUILD_CORES: String(os.availableParallelism()),
    ...Object.fromEntries(variables),
  };
}

/** What bash reads before the prompt or the command. */
function rcText({ pure, command }: DevelopmentShell, { files }: DevelopmentAttributes, bash: string, folder: string): string {
  const prompt = process.getuid?.() === 0 ? '1;31m' : '1;32m';
  const { TZ } = process.env;
  return [
    `_nix_shell_clean_tmpdir() { command rm -rf ${quoteShell(folder)}; }`,
    'trap _nix_shell_clean_tmpdir EXIT',
    'exitHooks+=(_nix_shell_clean_tmpdir)',
    'failureHooks+=(_nix_shell_clean_tmpdir)',
    ...(pure ? [] : ['[ -n "$PS1" ] && [ -e ~/.bashrc ] && source ~/.bashrc', 'p=$PATH']),
    'unset PATH',
    'dontAddDisableDepTrack=1',
    files.get('.attrs.sh') ?? '',
    '[ -e "$stdenv/setup" ] && source "$stdenv/setup"',
    ...(pure ? [] : ['PATH=$PATH:$p', 'unset p']),
    `PATH=${quoteShell(path.dirname(bash))}:"$PATH"`,
    `SHELL=${quoteShell(bash)}`,
    `BASH=${quoteShell(bash)}`,
    'set +e',
    `[ -n "$PS1" -a -z "$NIX_SHELL_PRESERVE_PROMPT" ] && PS1='\\n\\[\\033[${prompt}\\][nix-shell:\\w]\\$\\[\\033[0m\\] '`,
    'if [ "$(type -t runHook)" = function ]; then runHook shellHook; fi',
    'unset NIX_ENFORCE_PURITY',
    'shopt -u nullglob',
    `unset TZ${TZ === undefined ? '' : `; export TZ=${quoteShell(TZ)}`}`,
    'shopt -s execfail',
    command ?? '',
    '',
  ].join('\n');
}
