// Git repositories, by the installed git (libfetchers/git.cc): the files of a working tree where neither branch nor revision is asked for,
// otherwise a commit. What is remote is fetched into a bare repository in the cache.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { decodeText } from '@vixen/eval-core';
import { ansi } from '../../core/errors/ansi.ts';
import { type Attributes, boolAttr, fetchError, q, refOf, requiredAttr, revOf, stringAttr } from '../../core/fetch/input.ts';
import { parseUrl, printUrl, urlPathToFile } from '../../core/fetch/url.ts';
import type { FileTree } from '../../core/files/tree.ts';
import { NativeTree } from '../files.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { archivedNames, records, relativeUrl, submoduleUrls, trimmed } from './git-output.ts';
import { type Git, GitTree } from './git-tree.ts';
import { workingFiles } from './git-working-tree.ts';
import { toSri } from './hashes.ts';
import { MountedTree } from './mounted-tree.ts';

const nullRevision = '0'.repeat(40);
const shortLength = 7;
// The revision of a repository in which nothing was ever committed.
const dummyBranch = '__vixen_no_branch';

interface Repository {
  /** The folder of a working tree; undefined for what is remote. */
  folder: string | undefined;
  /** As the user knows it. */
  location: string;
  git: Git;
}

/** A tree and what is known of it. */
interface GitResult {
  tree: FileTree;
  input: Attributes;
  /** What the tree's contents follow from, for the cache; undefined for a working tree. */
  key: string[] | undefined;
  keep?: (path: string) => boolean;
}

export class GitFetcher {
  readonly #context: FetchContext;

  constructor(context: FetchContext) {
    this.#context = context;
  }

  #gitIn(folder: string): Git {
    return (args, options) => this.#context.run('git', ['-C', folder, ...args], options);
  }

  /** Output of git, undefined where it fails. */
  #try(git: Git, args: string[]): string | undefined {
    try {
      return trimmed(git(args, { quiet: true }));
    } catch {
      return undefined;
    }
  }

  async fetch(input: Attributes): Promise<FetchedTree> {
    const { store, cache } = this.#context;
    const name = stringAttr(input, 'name') ?? 'source';
    if (boolAttr(input, 'exportIgnore') && boolAttr(input, 'submodules')) {
      throw fetchError('exportIgnore and submodules are not supported together yet');
    }
    const { tree, input: result, key, keep } = this.#open(input);
    const cached = key && cache.get<{ path: string; narHash: string }>([...key, name])?.value;
    if (cached && (await store.isValid(cached.path))) return { storePath: cached.path, narHash: cached.narHash, input: result };
    const added = await store.addFrom(tree, '/', name, { recursive: true, keep });
    const narHash = toSri(added.narHash);
    if (key) cache.set([...key, name], { path: added.path, narHash });
    return { storePath: added.path, narHash, input: result };
  }

  #open(input: Attributes): GitResult {
    const repository = this.#repository(input);
    const folder = repository.folder;
    if (folder !== undefined && refOf(input) === undefined && revOf(input) === undefined)
      return this.#workingTree(input, repository, folder);
    return this.#commit(input, repository);
  }

  #repository(input: Attributes): Repository {
    const url = parseUrl(requiredAttr(input, 'url'));
    if (url.scheme === 'file') {
      const folder = path.resolve(urlPathToFile(url.path));
      if (!fs.existsSync(folder) || fs.existsSync(path.join(folder, '.git'))) {
        return { folder, location: folder, git: this.#gitIn(folder) };
      }
      url.query.clear();
    }
    url.query.delete('dir');
    const location = printUrl(url);
    return { folder: undefined, location, git: this.#gitIn(this.#cacheFolder(location, boolAttr(input, 'shallow'))) };
  }

  #cacheFolder(location: string, shallow: boolean): string {
    const digest = createHash('sha256').update(location).digest('hex');
    return path.join(this.#context.cache.folder, 'git', digest + (shallow ? '-shallow' : ''));
  }

  // ---- a commit

  #commit(given: Attributes, repository: Repository): GitResult {
    const { git, folder, location } = repository;
    const shallow = boolAttr(given, 'shallow');
    const input: Attributes = { ...given };
    if (folder === undefined) this.#fetchRemote(input, repository, shallow);
    else if (!fs.existsSync(path.join(folder, '.git'))) throw this.#notFetched(location);
    const ref = refOf(input) ?? this.#try(git, ['symbolic-ref', 'HEAD']) ?? 'HEAD';
    input.ref = ref;
    const rev = revOf(input) ?? this.#resolve(git, ref);
    input.rev = rev;
    if (this.#try(git, ['cat-file', '-t', rev]) !== 'commit') throw noObject(rev);
    if (trimmed(git(['rev-parse', '--is-shallow-repository'])) === 'true' && !shallow) {
      throw fetchError(
        `${q(location)} is a shallow Git repository, but shallow repositories are only allowed when \`shallow = true;\` is specified`,
      );
    }
    input.lastModified = Number(trimmed(git(['log', '-1', '--format=%ct', '--no-show-signature', rev])));
    if (!shallow) input.revCount = Number(trimmed(git(['rev-list', '--count', rev])));
    const exportIgnore = boolAttr(input, 'exportIgnore');
    const submodules = boolAttr(input, 'submodules');
    const key = ['git', rev, exportIgnore ? 'e' : '', submodules ? `s:${location}` : ''];
    const tree = new GitTree(git, rev, exportIgnore ? this.#exported(git, rev) : undefined);
    return { tree: submodules ? this.#withSubmodules(tree, git, rev, input, repository) : tree, input, key };
  }

  #notFetched = (location: string) =>
    fetchError(`Failed to fetch git repository ${q(location.startsWith('/') ? `file://${location}` : location)}`);

  #resolve(git: Git, ref: string): string {
    const found = this.#try(git, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
    if (found === undefined) throw fetchError(`resolving Git reference ${q(ref)}: revspec ${q(ref)} not found (libgit2 error code = 4)`);
    return found;
  }

  #fetchRemote(input: Attributes, { git, location }: Repository, shallow: boolean) {
    const folder = this.#cacheFolder(location, shallow);
    const run = (args: string[]) => this.#context.run('git', args);
    if (!fs.existsSync(folder)) {
      fs.mkdirSync(folder, { recursive: true });
      run(['-c', `init.defaultBranch=${dummyBranch}`, 'init', '--quiet', '--bare', folder]);
    }
    const rev = revOf(input);
    const ref = refOf(input) ?? this.#remoteHead(location);
    input.ref = ref;
    if (rev !== undefined && this.#try(git, ['cat-file', '-t', rev]) === 'commit') return;
    const local = ref.startsWith('refs/') || ref === 'HEAD' ? ref : `refs/heads/${ref}`;
    const known = [location, local, 'fetched'];
    if (
      rev === undefined &&
      !boolAttr(input, 'allRefs') &&
      this.#context.cache.get(known)?.expired === false &&
      this.#try(git, ['rev-parse', '--verify', local])
    ) {
      input.ref = ref;
      input.rev = this.#resolve(git, local);
      return;
    }
    const all = boolAttr(input, 'allRefs');
    const refspec = all ? 'refs/*:refs/*' : (rev ?? `${local}:${local}`);
    try {
      git(['fetch', '--quiet', '--force', ...(shallow ? ['--depth', '1'] : []), '--', location, refspec]);
      this.#context.cache.set(known, true);
    } catch (error) {
      if (this.#try(git, ['rev-parse', '--verify', local]) === undefined) throw this.#missing(error, rev, ref, location);
      this.#context.warn(`could not update local clone of Git repository ${q(location)}; continuing with the most recent version`);
    }
    if (rev === undefined) input.rev = this.#resolve(git, local);
    else if (this.#try(git, ['cat-file', '-t', rev]) !== 'commit') throw this.#missing(undefined, rev, ref, location);
  }

  #missing(cause: unknown, rev: string | undefined, ref: string, location: string) {
    if (cause !== undefined || rev === undefined) return fetchError(`Failed to fetch git repository ${q(location)}`, { cause });
    const bold = (text: string) => `${ansi.bold}${text}${ansi.normal}`;
    return fetchError(
      `Cannot find Git revision ${q(rev)} in ref ${q(ref)} of repository ${q(location)}! Please make sure that the ${bold('rev')} exists on the ` +
        `${bold('ref')} you've specified or add ${bold('allRefs = true;')} to ${bold('fetchGit')}.`,
    );
  }

  /** The branch that a remote repository's HEAD stands for (git-ls-remote(1), `--symref`). */
  #remoteHead(location: string): string {
    let output: string;
    try {
      output = trimmed(this.#context.run('git', ['ls-remote', '--symref', '--', location, 'HEAD']));
    } catch {
      this.#context.warn(`could not read HEAD ref from repo at ${q(location)}, using 'master'`);
      return 'master';
    }
    return /^ref: (\S+)\s+HEAD$/m.exec(output)?.[1] ?? 'HEAD';
  }

  /** The paths that `export-ignore` leaves, undefined where nothing is left out: git's own archive says. */
  #exported(git: Git, rev: string): ReadonlySet<string> | undefined {
    const names = records(git(['ls-tree', '-r', '-z', '--name-only', '--full-tree', rev]));
    const attributes = names.filter((name) => path.basename(name) === '.gitattributes');
    if (!attributes.some((name) => decodeText(git(['show', `${rev}:${name}`])).includes('export-ignore'))) return undefined;
    return new Set(archivedNames(git(['archive', '--format=tar', rev])));
  }

  #withSubmodules(tree: GitTree, git: Git, rev: string, input: Attributes, { location }: Repository): FileTree {
    const mounts = new Map<string, FileTree>();
    const configured = this.#try(git, ['config', '--blob', `${rev}:.gitmodules`, '--list']) ?? '';
    const urls = submoduleUrls(configured);
    for (const { path: place, rev: commit } of tree.submodules) {
      const url = urls.get(place);
      if (url === undefined) continue;
      const absolute = /^\.\.?\//.test(url) ? relativeUrl(location, url) : url;
      const child = this.#context.schemes.fromAttributes({ type: 'git', url: absolute, rev: commit, submodules: true, allRefs: true });
      mounts.set(`/${place}`, this.#open({ ...child, exportIgnore: boolAttr(input, 'exportIgnore') }).tree);
    }
    return mounts.size > 0 ? new MountedTree(tree, mounts) : tree;
  }

  // ---- a working tree

  #workingTree(given: Attributes, { git, location }: Repository, folder: string): GitResult {
    if (!fs.existsSync(path.join(folder, '.git'))) throw this.#notFetched(location);
    const input: Attributes = { ...given };
    const head = this.#try(git, ['rev-parse', '--verify', '--quiet', 'HEAD']);
    const options = { submodules: boolAttr(given, 'submodules'), exportIgnore: boolAttr(given, 'exportIgnore') };
    const state = workingFiles(options, (inner) => this.#gitIn(inner), folder);
    if (!state.dirty) {
      const ref = this.#try(git, ['symbolic-ref', '--quiet', 'HEAD']);
      if (ref !== undefined) input.ref = ref;
      input.rev = head ?? nullRevision;
      if (!boolAttr(input, 'shallow')) input.revCount = head === undefined ? 0 : Number(trimmed(git(['rev-list', '--count', head])));
    } else {
      this.#warnDirty(location);
      if (head !== undefined) Object.assign(input, { dirtyRev: `${head}-dirty`, dirtyShortRev: `${head.slice(0, shortLength)}-dirty` });
    }
    input.lastModified = head === undefined ? 0 : Number(trimmed(git(['log', '-1', '--format=%ct', '--no-show-signature', head])));
    return { tree: new NativeTree(folder), input, key: undefined, keep: (file) => state.paths.has(file) };
  }

  #warnDirty(location: string) {
    const { settings, warn } = this.#context;
    if (!settings.bool('allow-dirty')) throw fetchError(`Git tree ${q(location)} is dirty`);
    if (settings.bool('warn-dirty')) warn(`Git tree ${q(location)} is dirty`);
  }
}

function noObject(rev: string) {
  const why = /^0+$/.test(rev) ? 'odb: cannot read object: null OID cannot exist' : `object not found - no match for id (${rev})`;
  return fetchError(`getting Git object ${q(rev)}: \x0e${why}\x0f (libgit2 error code = \x0e9\x0f)`);
}
