/** What a derivation's attributes become in the build: variables and files (libstore/build/derivation-env-desugar.cc). */

import { nativeHashers } from '@vixen/store/castore';
import type { Derivation } from '@vixen/store/formats';
import { placeholder } from '@vixen/wasm';
import { type Json, type JsonObject, printJson } from './json.ts';
import { attributeFile } from './names.ts';
import { type DerivationOptions, invalid } from './options.ts';
import { type ClosureSource, exportedInfos, registrationJson, registrationText } from './references-graph.ts';
import { attributesAsShell } from './shell.ts';

export interface BuildAttributes {
  readonly variables: Map<string, string>;
  /** Texts by name of the file in the build's folder. */
  readonly files: Map<string, string>;
}

export async function buildAttributes(
  derivation: Derivation,
  options: DerivationOptions,
  source: ClosureSource,
  folder: string,
): Promise<BuildAttributes> {
  return options.structured
    ? structuredFiles(await structuredJson(options.structured, derivation, options, source), folder)
    : plainFiles(derivation, options, source, folder);
}

async function structuredJson(
  structured: JsonObject,
  { outputs }: Derivation,
  { exportReferencesGraph }: DerivationOptions,
  source: ClosureSource,
): Promise<JsonObject> {
  const attributes = new Map<string, Json>(structured);
  attributes.set('outputs', new Map([...outputs.keys()].map((name) => [name, placeholder(nativeHashers, name)])));
  for (const [name, paths] of exportReferencesGraph) attributes.set(name, registrationJson(await exportedInfos(source, paths)));
  return attributes;
}

function structuredFiles(attributes: JsonObject, folder: string): BuildAttributes {
  return {
    variables: new Map([
      ['NIX_ATTRS_JSON_FILE', `${folder}/.attrs.json`],
      ['NIX_ATTRS_SH_FILE', `${folder}/.attrs.sh`],
    ]),
    files: new Map([
      ['.attrs.json', printJson(attributes)],
      ['.attrs.sh', attributesAsShell(attributes)],
    ]),
  };
}

async function plainFiles(
  { env }: Derivation,
  { passAsFile, exportReferencesGraph }: DerivationOptions,
  source: ClosureSource,
  folder: string,
): Promise<BuildAttributes> {
  const variables = new Map<string, string>();
  const files = new Map<string, string>();
  for (const [name, value] of env) {
    if (!passAsFile.has(name)) variables.set(name, value);
    else {
      files.set(attributeFile(name), value);
      variables.set(`${name}Path`, `${folder}/${attributeFile(name)}`);
    }
  }
  for (const [name, paths] of exportReferencesGraph) files.set(fileName(name), registrationText(await exportedInfos(source, paths)));
  return { variables, files };
}

function fileName(name: string): string {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw invalid(`invalid file name '${name}'`);
  return name;
}
