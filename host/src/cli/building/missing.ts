// What would be done to make paths valid, in Nix's words (libmain/shared.cc `printMissing`).

import { renderSize } from '../../core/sizes.ts';
import type { RealisePlan } from '../../node/building/index.ts';

const listed = (head: string, paths: readonly string[]) => (paths.length === 0 ? [] : [head, ...paths.map((path) => `  ${path}`)]);

/** Lines without the last line's end; '' where nothing is missing. */
export function missingText({ willBuild, willSubstitute, unknown, downloadSize, narSize }: RealisePlan): string {
  const build = willBuild.length === 1 ? 'this derivation will be built:' : `these ${willBuild.length} derivations will be built:`;
  const sizes = `(${renderSize(downloadSize)} download, ${renderSize(narSize)} unpacked)`;
  const fetch =
    willSubstitute.length === 1 ? `this path will be fetched ${sizes}:` : `these ${willSubstitute.length} paths will be fetched ${sizes}:`;
  const noWay = "don't know how to build these paths:";
  return [...listed(build, willBuild), ...listed(fetch, willSubstitute), ...listed(noWay, unknown)].join('\n');
}
