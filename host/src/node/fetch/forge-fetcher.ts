// Repositories of GitHub, GitLab and SourceHut, by the archives that they offer (libfetchers/github.cc).
import fs from 'node:fs';
import { type Attributes, fetchError, q, refOf, requiredAttr, revOf, stringAttr } from '../../core/fetch/input.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { fetchArchive, fetchFile } from './url-fetcher.ts';

interface Place {
  host: string;
  owner: string;
  repo: string;
}

type Headers = Record<string, string>;

interface Forge {
  host: string;
  header(token: string): [name: string, value: string];
  /** The revision that a branch, a tag or HEAD stands for. */
  resolve(context: FetchContext, place: Place, ref: string, headers: Headers): Promise<string>;
  archive(place: Place, rev: string, withToken: boolean): string;
}

async function text(context: FetchContext, url: string, headers: Headers): Promise<string> {
  const { storePath } = await fetchFile(context, { url, name: 'source', headers });
  return fs.readFileSync(await context.store.files(storePath), 'utf8');
}

const github: Forge = {
  host: 'github.com',
  header: (token) => ['authorization', `token ${token}`],
  async resolve(context, { host, owner, repo }, ref, headers) {
    const api = host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`;
    const answer = JSON.parse(await text(context, `${api}/repos/${owner}/${repo}/commits/${ref}`, headers)) as { sha: string };
    return answer.sha;
  },
  archive({ host, owner, repo }, rev, withToken) {
    if (host !== 'github.com') return `https://${host}/api/v3/repos/${owner}/${repo}/tarball/${rev}`;
    // Without a token the public archives, which have no rate limit.
    return withToken
      ? `https://api.${host}/repos/${owner}/${repo}/tarball/${rev}`
      : `https://${host}/${owner}/${repo}/archive/${rev}.tar.gz`;
  },
};

const gitlab: Forge = {
  host: 'gitlab.com',
  header(token) {
    const [kind = '', ...rest] = token.split(':');
    const value = rest.join(':');
    if (kind === 'OAuth2') return ['authorization', `Bearer ${value}`];
    return [kind === 'PAT' ? 'private-token' : kind, value];
  },
  async resolve(context, { host, owner, repo }, ref, headers) {
    const url = `https://${host}/api/v4/projects/${owner}%2F${repo}/repository/commits?ref_name=${ref}`;
    const answer = JSON.parse(await text(context, url, headers)) as { id?: string }[];
    const id = answer[0]?.id;
    if (id === undefined) throw fetchError('No commits returned by GitLab API -- does the git ref really exist?');
    return id;
  },
  archive: ({ host, owner, repo }, rev) => `https://${host}/api/v4/projects/${owner}%2F${repo}/repository/archive.tar.gz?sha=${rev}`,
};

const sourcehut: Forge = {
  host: 'git.sr.ht',
  header: (token) => ['authorization', `Bearer ${token}`],
  async resolve(context, { host, owner, repo }, ref, headers) {
    const base = `https://${host}/${owner}/${repo}`;
    const head = ref === 'HEAD' ? (await text(context, `${base}/HEAD`, headers)).replace(/^ref: */, '').trim() : undefined;
    const wanted = head === undefined ? [`refs/heads/${ref}`, `refs/tags/${ref}`] : [head];
    for (const line of (await text(context, `${base}/info/refs`, headers)).split('\n')) {
      const [id, name] = line.split('\t');
      if (id !== undefined && name !== undefined && wanted.includes(name)) return id;
    }
    throw fetchError(`in ${q(base)}, couldn't find ref ${q(ref)}`);
  },
  archive: ({ host, owner, repo }, rev) => `https://${host}/${owner}/${repo}/archive/${rev}.tar.gz`,
};

const forges: Record<string, Forge> = { github, gitlab, sourcehut };

/** The token of `access-tokens` for a repository: the longest entry that its address begins with. */
function accessToken(context: FetchContext, { host, owner, repo }: Place): string | undefined {
  const address = `${host}/${owner}/${repo}`;
  const entries = context.settings.list('access-tokens').map((entry) => {
    const equals = entry.indexOf('=');
    return [entry.slice(0, equals), entry.slice(equals + 1)] as const;
  });
  const fitting = entries.filter(([prefix]) => prefix === host || address === prefix || address.startsWith(`${prefix}/`));
  return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}

export async function fetchForge(context: FetchContext, given: Attributes): Promise<FetchedTree> {
  const forge = forges[requiredAttr(given, 'type')]!;
  const place = { host: stringAttr(given, 'host') ?? forge.host, owner: requiredAttr(given, 'owner'), repo: requiredAttr(given, 'repo') };
  const token = accessToken(context, place);
  const headers: Headers = token === undefined ? {} : Object.fromEntries([forge.header(token)]);
  const rev = revOf(given) ?? (await forge.resolve(context, place, refOf(given) ?? 'HEAD', headers));
  const { ref: _, ...rest } = given;
  const url = forge.archive(place, rev, token !== undefined);
  const { storePath, narHash, lastModified } = await fetchArchive(context, { url, name: 'source', headers });
  return { storePath, narHash, input: { ...rest, rev, lastModified } };
}
