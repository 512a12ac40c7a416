// Flake references in text and as attributes (libflake/flakeref.cc).
import { type Attributes, fetchError, q, type SchemeSet, stringAttr } from './input.ts';
import { BadUrl, decodeQuery, fileToUrlPath, parseUrl, percentDecode, printUrl, type Url, urlPathToFile } from './url.ts';

export interface FlakeRef {
  input: Attributes;
  /** Where in the tree the flake lies. */
  dir: string;
}

const flakeIdPattern = '[a-zA-Z][a-zA-Z0-9_-]*';
const revPattern = '[0-9a-fA-F]{40}';
const refPattern = String.raw`[a-zA-Z0-9@][a-zA-Z0-9_.\/@+-]*`;
const fragmentPattern = String.raw`(?:[a-zA-Z0-9\-._~!$&'"()*+,;=:@/? ^]|%[0-9a-fA-F]{2})*`;
const idReference = new RegExp(`^(${flakeIdPattern}(?:/(?:${revPattern}|${refPattern}(?:/${revPattern})?))?)(?:#(${fragmentPattern}))?$`);

export interface ParseOptions {
  /** The folder that relative paths start from; without it they are refused. */
  base?: string | undefined;
  isFlake?: boolean;
  /** Relative paths are kept, as inputs of a flake may be. */
  keepRelative?: boolean;
  /** Finds the flake that a path of the machine belongs to: a folder, and the repository around it. */
  locate?: (path: string) => { root: string; dir: string; isGit: boolean; shallow: boolean };
}

export type FlakeRefWithFragment = FlakeRef & { fragment: string };

function fromUrl(schemes: SchemeSet, url: Url, isFlake: boolean): FlakeRefWithFragment {
  const query = new Map(url.query);
  const dir = query.get('dir') ?? '';
  query.delete('dir');
  return { input: schemes.fromUrl({ ...url, query, fragment: '' }, isFlake), dir, fragment: url.fragment };
}

function fromId(schemes: SchemeSet, text: string, isFlake: boolean): FlakeRefWithFragment | undefined {
  const found = idReference.exec(text);
  if (!found) return undefined;
  const url: Url = { scheme: 'flake', path: found[1]!.split('/'), query: new Map(), fragment: '' };
  return { ...fromUrl(schemes, url, isFlake), fragment: percentDecode(found[2] ?? '') };
}

function fromUrlText(schemes: SchemeSet, text: string, { base, isFlake = true }: ParseOptions): FlakeRefWithFragment | undefined {
  try {
    const url = parseUrl(text, true);
    if (base !== undefined && (url.scheme === 'path' || url.scheme === 'git+file')) {
      const path = urlPathToFile(url.path);
      if (!path.startsWith('/')) url.path = fileToUrlPath(`${base}/${path}`.replace(/\/(?:\.\/)+|\/\.$/g, '/').replace(/(.)\/$/, '$1'));
    }
    return fromUrl(schemes, url, isFlake);
  } catch (error) {
    if (error instanceof BadUrl) return undefined;
    throw error;
  }
}

function fromPath(schemes: SchemeSet, text: string, { base, isFlake = true, keepRelative, locate }: ParseOptions): FlakeRefWithFragment {
  const [, path = '', queryText = '', fragmentText = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const query = decodeQuery(queryText.replace(/[ "]/g, encodeURIComponent));
  const fragment = percentDecode(fragmentText);
  if (base !== undefined && isFlake && locate) {
    const { root, dir, isGit, shallow } = locate(path.startsWith('/') ? path : `${base}/${path}`);
    if (!isGit) return fromUrl(schemes, { scheme: 'path', authority: { host: '' }, path: fileToUrlPath(root), query, fragment }, isFlake);
    if (dir !== '') {
      if (query.has('dir')) throw fetchError(`flake URL ${q(text)} has an inconsistent 'dir' parameter`);
      query.set('dir', dir);
    }
    if (shallow) query.set('shallow', '1');
    return fromUrl(schemes, { scheme: 'git+file', authority: { host: '' }, path: fileToUrlPath(root), query, fragment }, isFlake);
  }
  if (base === undefined && !keepRelative && !path.startsWith('/')) throw new BadUrl(`flake reference ${q(text)} is not an absolute path`);
  const authority = path.startsWith('/') ? { host: '' } : undefined;
  return fromUrl(schemes, { scheme: 'path', authority, path: fileToUrlPath(path), query, fragment }, isFlake);
}

/** Reads a reference with the part behind `#`. */
export function parseFlakeRefWithFragment(schemes: SchemeSet, text: string, options: ParseOptions = {}): FlakeRefWithFragment {
  return fromId(schemes, text, options.isFlake ?? true) ?? fromUrlText(schemes, text, options) ?? fromPath(schemes, text, options);
}

/** Reads a reference that may have no part behind `#`. */
export function parseFlakeRef(schemes: SchemeSet, text: string, options: ParseOptions = {}): FlakeRef {
  const { fragment, ...ref } = parseFlakeRefWithFragment(schemes, text, options);
  if (fragment !== '') throw fetchError(`unexpected fragment ${q(fragment)} in flake reference ${q(text)}`);
  return ref;
}

export const flakeRefToAttributes = ({ input, dir }: FlakeRef): Attributes => (dir === '' ? input : { ...input, dir });

export function flakeRefFromAttributes(schemes: SchemeSet, attributes: Attributes): FlakeRef {
  const { dir: _, ...input } = attributes;
  return { input: schemes.fromAttributes(input), dir: stringAttr(attributes, 'dir') ?? '' };
}

export function printFlakeRef(schemes: SchemeSet, { input, dir }: FlakeRef): string {
  const url = schemes.toUrl(input);
  if (dir !== '' && !url.query.has('dir')) url.query.set('dir', dir);
  return printUrl(url);
}
