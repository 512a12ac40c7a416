import { type Runner, words } from './runner.ts';

/** Vixen: this repository's, as built, or another command. */
export function vixen(launcher: string, options: { command?: string | undefined; runtime?: string | undefined }): Runner {
  const command = options.command ? words(options.command) : [...words(options.runtime ?? process.execPath), launcher];
  return { name: 'vixen', command: [...command, 'nix-instantiate'] };
}
