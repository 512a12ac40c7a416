// The flags that all commands which build share (libmain/shared.cc, nix-build.cc). Most are settings of nix.conf.
import type { BuildMode } from '@vixen/builder';
import type { EvalFlags } from '../eval-flags.ts';
import type { Flag } from '../flags.ts';

export class BuildFlags {
  readonly #shared: EvalFlags;
  mode: BuildMode = 'normal';
  dryRun = false;
  /** Whether logs of builds are shown as they come. */
  logs: boolean;

  constructor(shared: EvalFlags, { logs }: { readonly logs: boolean }) {
    this.#shared = shared;
    this.logs = logs;
  }

  #setting(names: string[], name: string, value: string, help: string): Flag {
    return { names, help, run: () => this.#shared.setSetting(name, value) };
  }

  get flags(): Flag[] {
    return [
      { names: ['--dry-run'], help: 'only say what would be built and fetched', run: () => (this.dryRun = true) },
      { names: ['--check', '--rebuild'], help: 'build again, and compare', run: () => (this.mode = 'check') },
      { names: ['--repair'], help: 'build or fetch anew what is damaged', run: () => (this.mode = 'repair') },
      this.#setting(['--keep-failed', '-K'], 'keep-failed', 'true', 'keep the folders of failed builds'),
      this.#setting(['--keep-going', '-k'], 'keep-going', 'true', 'go on with what does not depend on a failure'),
      this.#setting(['--fallback'], 'fallback', 'true', 'build what cannot be fetched'),
      { names: ['--print-build-logs', '-L'], help: 'show logs as they come', run: () => (this.logs = true) },
      { names: ['--no-build-output', '-Q'], help: 'do not show logs', run: () => (this.logs = false) },
      { names: ['--builders'], labels: ['builders'], help: '', run: (text) => this.#shared.setSetting('builders', text!) },
    ];
  }
}
