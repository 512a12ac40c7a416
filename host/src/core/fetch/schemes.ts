// The schemes of inputs: how each is written as a URL and as attributes (libfetchers/{path,tarball,git,github,indirect,mercurial}.cc).
import {
  type Attributes,
  attributesToJson,
  boolAttr,
  emptyUrl,
  fetchError,
  isLegalRef,
  narHashOf,
  q,
  refOf,
  requiredAttr,
  revOf,
  type Scheme,
  stringAttr,
} from './input.ts';
import { applicationOf, BadUrl, fileToUrlPath, fixGitUrl, parseUrl, printUrl, transportOf, type Url, urlPathToFile } from './url.ts';

const revision = /^[0-9a-fA-F]{40}$/;
const flakeId = /^[a-zA-Z][a-zA-Z0-9_-]*$/;
const mercurialRef = /^[a-zA-Z0-9@][a-zA-Z0-9_./@+-]*$/;
const hostName = /^[a-zA-Z0-9.-]*$/;

/** A number of a URL's query; undefined where it is none. */
const toInt = (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined);

function withoutQuery(url: Url): Url {
  return { ...url, query: new Map() };
}

export const pathScheme: Scheme = {
  name: 'path',
  feature: 'flakes',
  isDirect: true,
  allowed: new Set(['path', 'rev', 'revCount', 'lastModified', 'narHash']),
  fromUrl(url) {
    if (url.scheme !== 'path') return undefined;
    if (url.authority && url.authority.host !== '') {
      throw fetchError(`path URL ${q(printUrl(url))} should not have an authority (${q(url.authority.host)})`);
    }
    const attributes: Attributes = { type: 'path', path: urlPathToFile(url.path) };
    for (const [name, value] of url.query) {
      if (name === 'rev' || name === 'narHash') attributes[name] = value;
      else if (name === 'revCount' || name === 'lastModified') {
        const number = toInt(value);
        if (number === undefined) throw fetchError(`path URL ${q(printUrl(url))} has invalid parameter ${q(name)}`);
        attributes[name] = number;
      } else throw fetchError(`path URL ${q(printUrl(url))} has unsupported parameter ${q(name)}`);
    }
    return attributes;
  },
  check(attributes) {
    requiredAttr(attributes, 'path');
    return attributes;
  },
  toUrl(attributes) {
    const url = emptyUrl('path', fileToUrlPath(requiredAttr(attributes, 'path')));
    for (const [name, value] of Object.entries(attributes)) {
      if (name !== 'path' && name !== 'type' && name !== '__final')
        url.query.set(name, typeof value === 'boolean' ? (value ? '1' : '0') : String(value));
    }
    return url;
  },
  isLocked: (attributes) => narHashOf(attributes) !== undefined,
};

const transports = new Set(['file', 'http', 'https']);
const archive = /\.(?:zip|tar|tgz|tar\.gz|tar\.xz|tar\.bz2|tar\.zst)$/;
const curlAllowed = new Set(['url', 'narHash', 'name', 'unpack', 'rev', 'revCount', 'lastModified']);

/** Plain files and archives differ in which URLs they take. */
function curlScheme(name: 'file' | 'tarball', takes: (isArchive: boolean, requireTree: boolean) => boolean): Scheme {
  return {
    name,
    isDirect: true,
    allowed: curlAllowed,
    fromUrl(given, requireTree) {
      const application = applicationOf(given.scheme);
      if (!transports.has(transportOf(given.scheme))) return undefined;
      const isArchive = archive.test(given.path.at(-1) ?? '');
      if (application === undefined ? !takes(isArchive, requireTree) : application !== name) return undefined;
      const attributes: Attributes = { type: name };
      const url: Url = { ...given, scheme: transportOf(given.scheme), query: new Map(given.query) };
      for (const field of ['narHash', 'rev']) if (url.query.has(field)) attributes[field] = url.query.get(field)!;
      for (const field of ['revCount', 'lastModified']) {
        const number = toInt(url.query.get(field) ?? '');
        if (number !== undefined) attributes[field] = number;
      }
      for (const field of curlAllowed) url.query.delete(field);
      return { ...attributes, url: printUrl(url) };
    },
    check: (attributes) => attributes,
    toUrl(attributes) {
      const url = parseUrl(requiredAttr(attributes, 'url'));
      const narHash = narHashOf(attributes);
      if (narHash) url.query.set('narHash', narHash);
      return url;
    },
    isLocked: (attributes) => narHashOf(attributes) !== undefined,
  };
}

export const fileScheme = curlScheme('file', (isArchive, requireTree) => !requireTree && !isArchive);
export const tarballScheme = curlScheme('tarball', (isArchive, requireTree) => requireTree || isArchive);

const gitTexts = new Set(['rev', 'ref', 'keytype', 'publicKey', 'publicKeys']);
const gitSwitches = new Set(['shallow', 'submodules', 'lfs', 'exportIgnore', 'allRefs', 'verifyCommit']);
const nullRevision = '0'.repeat(40);

function checkGit(attributes: Attributes): Attributes {
  const ref = refOf(attributes);
  if (ref !== undefined && !isLegalRef(ref)) throw new BadUrl(`invalid Git branch/tag name ${q(ref)}`);
  for (const name of ['verifyCommit', 'shallow', 'submodules', 'allRefs']) boolAttr(attributes, name);
  return { ...attributes, url: printUrl(fixGitUrl(requiredAttr(attributes, 'url'))) };
}

export const gitScheme: Scheme = {
  name: 'git',
  isDirect: true,
  attributeFeatures: new Map(['verifyCommit', 'keytype', 'publicKey', 'publicKeys'].map((name) => [name, 'verified-fetches'])),
  allowed: new Set([...gitTexts, ...gitSwitches, 'url', 'lastModified', 'revCount', 'narHash', 'name', 'dirtyRev', 'dirtyShortRev']),
  fromUrl(url) {
    if (url.scheme !== 'git' && applicationOf(url.scheme) !== 'git') return undefined;
    const bare = withoutQuery(url);
    const attributes: Attributes = { type: 'git' };
    for (const [name, value] of url.query) {
      if (gitTexts.has(name)) attributes[name] = value;
      else if (gitSwitches.has(name)) attributes[name] = value === '1';
      else bare.query.set(name, value);
    }
    return checkGit({ ...attributes, url: printUrl(bare) });
  },
  check: checkGit,
  toUrl(attributes) {
    const url = parseUrl(requiredAttr(attributes, 'url'));
    if (url.scheme !== 'git') url.scheme = `git+${url.scheme}`;
    const rev = revOf(attributes);
    const ref = refOf(attributes);
    if (rev !== undefined) url.query.set('rev', rev);
    if (ref !== undefined) url.query.set('ref', ref);
    for (const name of ['shallow', 'lfs', 'submodules', 'exportIgnore', 'verifyCommit']) {
      if (boolAttr(attributes, name)) url.query.set(name, '1');
    }
    const publicKey = stringAttr(attributes, 'publicKey');
    if (publicKey !== undefined) {
      url.query.set('keytype', stringAttr(attributes, 'keytype') ?? 'ssh-ed25519');
      url.query.set('publicKey', publicKey);
    }
    return url;
  },
  isLocked(attributes) {
    const rev = revOf(attributes);
    return rev !== undefined && rev !== nullRevision;
  },
};

/** GitHub, GitLab, SourceHut: a repository by its owner and name. */
function forgeScheme(name: string): Scheme {
  function check(attributes: Attributes): Attributes {
    requiredAttr(attributes, 'owner');
    requiredAttr(attributes, 'repo');
    const ref = refOf(attributes);
    const rev = stringAttr(attributes, 'rev');
    const json = () => `\x0e${attributesToJson(attributes)}\x0f`;
    if (ref !== undefined && rev !== undefined) {
      throw new BadUrl(`input ${json()} contains both a commit hash (${q(rev)}) and a branch/tag name (${q(ref)})`);
    }
    revOf(attributes);
    if (ref !== undefined && !isLegalRef(ref)) throw new BadUrl(`input ${json()} contains an invalid branch/tag name`);
    const host = stringAttr(attributes, 'host');
    if (host !== undefined && !hostName.test(host)) throw new BadUrl(`input ${json()} contains an invalid instance host`);
    return attributes;
  }
  return {
    name,
    feature: 'flakes',
    isDirect: true,
    allowed: new Set(['owner', 'repo', 'ref', 'rev', 'narHash', 'lastModified', 'host', 'treeHash']),
    fromUrl(url) {
      if (url.scheme !== name) return undefined;
      const [owner, repo, ...rest] = url.path.filter((part) => part !== '');
      if (owner === undefined || repo === undefined) throw new BadUrl(`URL ${q(printUrl(url))} is invalid`);
      const attributes: Attributes = { type: name, owner, repo };
      const set = (field: 'rev' | 'ref', what: string, value: string) => {
        if (attributes[field] !== undefined) throw new BadUrl(`URL ${q(printUrl(url))} contains multiple ${what}`);
        attributes[field] = value;
      };
      if (rest.length > 0) attributes[rest.length === 1 && revision.test(rest[0]!) ? 'rev' : 'ref'] = rest.join('/');
      for (const [field, value] of url.query) {
        if (field === 'rev') set('rev', 'commit hashes', value);
        else if (field === 'ref') set('ref', 'branch/tag names', value);
        else if (field === 'host' || field === 'narHash') attributes[field] = value;
      }
      return check(attributes);
    },
    check,
    toUrl(attributes) {
      const end = refOf(attributes) ?? revOf(attributes);
      const url = emptyUrl(name, [
        requiredAttr(attributes, 'owner'),
        requiredAttr(attributes, 'repo'),
        ...(end === undefined ? [] : [end]),
      ]);
      const narHash = narHashOf(attributes);
      const host = stringAttr(attributes, 'host');
      if (narHash !== undefined) url.query.set('narHash', narHash);
      if (host !== undefined) url.query.set('host', host);
      return url;
    },
    isLocked: (attributes) => revOf(attributes) !== undefined,
  };
}

export const indirectScheme: Scheme = {
  name: 'indirect',
  feature: 'flakes',
  isDirect: false,
  allowed: new Set(['id', 'ref', 'rev', 'narHash']),
  fromUrl(url) {
    if (url.scheme !== 'flake') return undefined;
    const [id = '', second, third, ...more] = url.path.filter((part) => part !== '');
    const shown = q(printUrl(url));
    if (id === '' || more.length > 0) throw new BadUrl(`GitHub URL ${shown} is invalid`);
    const attributes: Attributes = { type: 'indirect', id };
    if (second !== undefined && third === undefined) {
      if (revision.test(second)) attributes.rev = second.toLowerCase();
      else if (isLegalRef(second)) attributes.ref = second;
      else throw new BadUrl(`in flake URL ${shown}, ${q(second)} is not a commit hash or branch/tag name`);
    } else if (second !== undefined && third !== undefined) {
      if (!isLegalRef(second)) throw new BadUrl(`in flake URL ${shown}, ${q(second)} is not a branch/tag name`);
      if (!revision.test(third)) throw new BadUrl(`in flake URL ${shown}, ${q(third)} is not a commit hash`);
      Object.assign(attributes, { ref: second, rev: third.toLowerCase() });
    }
    return this.check(attributes);
  },
  check(attributes) {
    const id = requiredAttr(attributes, 'id');
    if (!flakeId.test(id)) throw new BadUrl(`${q(id)} is not a valid flake ID`);
    return attributes;
  },
  toUrl(attributes) {
    const parts = [requiredAttr(attributes, 'id'), refOf(attributes), revOf(attributes)];
    return emptyUrl(
      'flake',
      parts.filter((part) => part !== undefined),
    );
  },
  isLocked: () => false,
};

export const mercurialScheme: Scheme = {
  name: 'hg',
  isDirect: true,
  allowed: new Set(['url', 'ref', 'rev', 'revCount', 'narHash', 'name']),
  fromUrl(url) {
    if (!/^hg\+(?:http|https|ssh|file)$/.test(url.scheme)) return undefined;
    const bare = { ...withoutQuery(url), scheme: transportOf(url.scheme) };
    const attributes: Attributes = { type: 'hg' };
    for (const [name, value] of url.query) {
      if (name === 'rev' || name === 'ref') attributes[name] = value;
      else bare.query.set(name, value);
    }
    return this.check({ ...attributes, url: printUrl(bare) });
  },
  check(attributes) {
    parseUrl(requiredAttr(attributes, 'url'));
    const ref = refOf(attributes);
    if (ref !== undefined && !mercurialRef.test(ref)) throw new BadUrl(`invalid Mercurial branch/tag name ${q(ref)}`);
    return attributes;
  },
  toUrl(attributes) {
    const url = parseUrl(requiredAttr(attributes, 'url'));
    url.scheme = `hg+${url.scheme}`;
    const rev = revOf(attributes);
    const ref = refOf(attributes);
    if (rev !== undefined) url.query.set('rev', rev);
    if (ref !== undefined) url.query.set('ref', ref);
    return url;
  },
  isLocked: (attributes) => revOf(attributes) !== undefined,
};

export const allSchemes: Scheme[] = [
  fileScheme,
  gitScheme,
  forgeScheme('github'),
  forgeScheme('gitlab'),
  mercurialScheme,
  indirectScheme,
  pathScheme,
  forgeScheme('sourcehut'),
  tarballScheme,
];
