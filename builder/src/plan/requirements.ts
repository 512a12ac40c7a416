/** What a derivation needs of a builder. */
import type { CallOptions } from '@vixen/store';
import { BuildError } from '../errors.ts';
import type { BuilderDescription, BuildService } from '../service.ts';
import { derivationOptions } from './options.ts';
import type { ResolvedDerivation } from './plan.ts';

const described = new WeakMap<BuildService, Promise<BuilderDescription>>();

/** A builder's description, asked for once. */
export function describeBuilder(builder: BuildService, options: CallOptions): Promise<BuilderDescription> {
  const known = described.get(builder);
  if (known) return known;
  const asked = builder.describe(options);
  described.set(builder, asked);
  asked.catch(() => described.delete(builder));
  return asked;
}

export const isBuiltin = (builder: string): boolean => builder.startsWith('builtin:');

/** Fails with `unsupported`, in Nix's words. Nothing is asked of the builder for what runs in this process. */
export async function requireCapable(
  drvPath: string,
  { derivation }: ResolvedDerivation,
  builder: BuildService,
  options: CallOptions,
): Promise<void> {
  const needed = derivationOptions(derivation).requiredSystemFeatures;
  if (isBuiltin(derivation.builder) && needed.length === 0) return;
  const { systems, features } = await describeBuilder(builder, options);
  let reasons = '';
  if (!isBuiltin(derivation.builder) && !systems.includes(derivation.system)) {
    reasons += `\nReason: platform mismatch\nRequired system: '${derivation.system}'\nCurrent system: '${systems[0] ?? ''}'`;
  }
  if (needed.some((feature) => !features.includes(feature))) {
    const available = [...features].sort().join(', ');
    reasons += `\nReason: missing system features\nRequired features: {${needed.join(', ')}}\nAvailable features: {${available}}`;
  }
  if (reasons !== '') throw new BuildError('unsupported', `Cannot build '${drvPath}'.${reasons}`);
}
