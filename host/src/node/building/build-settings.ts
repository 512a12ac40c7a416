// What nix.conf says to builds.
import { availableParallelism } from 'node:os';
import { type BuildSettings, noLimits, type OpenBuilderOptions, type SandboxPath } from '@vixen/builder';
import type { Settings } from '../../core/config/settings.ts';

/** `TARGET`, `TARGET=SOURCE`, and `?` at the end where it may be missing (Nix manual, `sandbox-paths`). */
export function parseSandboxPath(text: string): SandboxPath {
  const optional = text.endsWith('?');
  const path = optional ? text.slice(0, -1) : text;
  const at = path.indexOf('=');
  const target = at < 0 ? path : path.slice(0, at);
  return { target, source: at < 0 ? path : path.slice(at + 1), optional };
}

export function buildSettings(settings: Settings): BuildSettings {
  return {
    cores: settings.int('cores') || availableParallelism(),
    limits: {
      ...noLimits,
      time: settings.int('timeout'),
      silence: settings.int('max-silent-time'),
      log: settings.int('max-build-log-size'),
      freeSpace: settings.int('min-free'),
    },
    sandboxPaths: settings.list('sandbox-paths').map(parseSandboxPath),
    relaxed: settings.text('sandbox') === 'relaxed',
    impureEnv: new Map(
      settings.list('impure-env').map((word) => {
        const at = word.indexOf('=');
        return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
      }),
    ),
    allowedImpureHostDeps: settings.list('allowed-impure-host-deps'),
  };
}

/** What `extra-platforms` and `system-features` say of this machine's builders. */
export function builderOptions(settings: Settings): Pick<OpenBuilderOptions, 'buildFolder' | 'extraSystems' | 'features'> {
  return {
    buildFolder: settings.text('build-dir') || undefined,
    extraSystems: settings.list('extra-platforms'),
    features: settings.isSet('system-features') ? settings.list('system-features') : undefined,
  };
}

/** `max-jobs`: builds at once. */
export const buildSlots = (settings: Settings): number => {
  const text = settings.text('max-jobs');
  return text === 'auto' ? availableParallelism() : Number(text);
};

/** Which builder to open: the user's, or what `sandbox` says. */
export function builderUrl(settings: Settings, env: Record<string, string | undefined>): string {
  if (env.VIXEN_BUILDER) return env.VIXEN_BUILDER;
  const sandbox = settings.text('sandbox');
  return sandbox === 'false' || sandbox === 'no' || sandbox === '0' ? 'local:' : 'auto';
}
