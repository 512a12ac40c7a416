/** `allowedReferences` and its kin, as derivations write them. */
import type { Json, JsonObject } from './json.ts';
import { type Attributes, type OutputChecks, objectOf, sizeOf, textsOf, within } from './options.ts';

/** Store paths, and names of the derivation's outputs. */
export type AllowedPaths = readonly string[];

export interface OutputCheck {
  /** Whether a path may be a requisite of itself though nobody allows it. */
  readonly ignoreSelfRefs: boolean;
  /** Bytes of the archive. */
  readonly maxSize?: number | undefined;
  readonly maxClosureSize?: number | undefined;
  /** Undefined: anything is allowed. */
  readonly allowedReferences?: AllowedPaths | undefined;
  readonly allowedRequisites?: AllowedPaths | undefined;
  readonly disallowedReferences: AllowedPaths;
  readonly disallowedRequisites: AllowedPaths;
}

export function outputChecksOf(attributes: Attributes): OutputChecks {
  if (attributes.structured) return structuredChecks(attributes.structured);
  return {
    ignoreSelfRefs: true,
    allowedReferences: attributes.texts('allowedReferences'),
    allowedRequisites: attributes.texts('allowedRequisites'),
    disallowedReferences: attributes.texts('disallowedReferences') ?? [],
    disallowedRequisites: attributes.texts('disallowedRequisites') ?? [],
  };
}

/** With structured attributes only `outputChecks` counts. */
function structuredChecks(structured: JsonObject): ReadonlyMap<string, OutputCheck> {
  const value = structured.get('outputChecks');
  if (value === undefined) return new Map();
  return new Map([...objectOf(value)].map(([output, check]) => [output, structuredCheck(output, objectOf(check))]));
}

function structuredCheck(output: string, check: JsonObject): OutputCheck {
  const field = <T>(name: string, read: (value: Json) => T): T | undefined => {
    const value = check.get(name);
    return value === undefined ? undefined : within(`while parsing attribute 'outputChecks."${output}".${name}'`, () => read(value));
  };
  return {
    ignoreSelfRefs: false,
    maxSize: field('maxSize', sizeOf),
    maxClosureSize: field('maxClosureSize', sizeOf),
    allowedReferences: field('allowedReferences', textsOf),
    allowedRequisites: field('allowedRequisites', textsOf),
    disallowedReferences: field('disallowedReferences', textsOf) ?? [],
    disallowedRequisites: field('disallowedRequisites', textsOf) ?? [],
  };
}
