/**
 * Builders by URL. A backend is one file, loaded when a URL asks for it, and one line here.
 *
 * | URL | builder |
 * |---|---|
 * | `auto` | the first of `bwrap:` and `oci:` that works here |
 * | `bwrap:` | bubblewrap |
 * | `oci:`, `oci:///usr/bin/runc` | a bundle, run by the first of crun, runc, youki that works here, or by the named one |
 * | `local:` | no sandbox |
 * | `grpc+unix:///path`, `grpc+http://…`, `grpc+https://…` | a builder elsewhere (docs/grpc.md) |
 */
import type { Store } from '@vixen/store';
import { BuildError } from './errors.ts';
import type { BuildService } from './service.ts';

export interface OpenBuilderOptions {
  /** Where inputs come from, and outputs go. */
  readonly store: Store;
  /** Where builds happen; beside the store, or in the folder for temporary files. */
  readonly buildFolder?: string | undefined;
  /** A static program to be /bin/sh. */
  readonly shell?: string | undefined;
  /** Systems that builders of this machine build for, too (`extra-platforms`). */
  readonly extraSystems?: readonly string[] | undefined;
  /** What builds may ask of builders of this machine, instead of what is found (`system-features`). */
  readonly features?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type OpenBuilderBackend = (url: string, options: OpenBuilderOptions) => Promise<BuildService>;

const sandbox = async () => (await import('./sandbox/open.ts')).openSandbox;

const remote = async (): Promise<OpenBuilderBackend> => {
  const { openGrpcBuilder } = await import('./grpc/client.ts');
  return async (url) => openGrpcBuilder(url);
};

const backends: Readonly<Record<string, () => Promise<OpenBuilderBackend>>> = {
  auto: sandbox,
  bwrap: sandbox,
  oci: sandbox,
  local: sandbox,
  'grpc+unix': remote,
  'grpc+http': remote,
  'grpc+https': remote,
};

/** Opens the builder that a URL names. Fails with `invalid` for a scheme that no backend has, and with `sandbox` where it does not work on this machine. */
export async function openBuilder(url: string, options: OpenBuilderOptions): Promise<BuildService> {
  const scheme = url.split(':', 1)[0]!;
  if (!Object.hasOwn(backends, scheme)) {
    const known = Object.keys(backends).map((name) => (name === 'auto' ? name : `${name}:`));
    throw new BuildError('invalid', `'${url}' names no builder; known are ${known.join(', ')}`);
  }
  const open = await backends[scheme]!();
  return await open(url, options);
}
