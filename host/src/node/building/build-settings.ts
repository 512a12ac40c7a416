// What nix.conf says to builds.
import { availableParallelism } from 'node:os';
import { type BuildService, type BuildSettings, noLimits, type SandboxPath } from '@vixen/builder';
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

/** A builder that also does what `extra-platforms` and `system-features` say. */
export function configured(builder: BuildService, settings: Settings): BuildService {
  return {
    url: builder.url,
    async describe(options) {
      const found = await builder.describe(options);
      const systems = [...new Set([...found.systems, ...settings.list('extra-platforms')])];
      return { ...found, systems, features: settings.isSet('system-features') ? settings.list('system-features') : found.features };
    },
    build: (request, options) => builder.build(request, options),
    close: () => builder.close(),
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
