// The store as evaluation sees it. Paths are computed at once; what is to be written is kept back and written many paths at a time, when the
// program ends, when it is much, or when somebody asks for it. The store itself is opened when it is first needed.
import { ErrorCode } from '@vixen/eval-core';
import { type PathInfo, type Store, StoreError, type TextToAdd, unsupported } from '@vixen/store';
import { formatHash, type Hash, type HasherFactory, type NarFilter, narDump } from '@vixen/wasm';
import { BuildFailure } from '../core/coordinator/failure.ts';
import type { FileTree } from '../core/files/tree.ts';
import { type AddPathRequest, type ClosureEntry, HostError } from '../core/io.ts';
import { keptFilter, narFs, sourceOf } from '../core/store/add-path.ts';
import { notValid, VirtualStore } from '../core/store/virtual-store.ts';
import type { RealisedPath } from './building/index.ts';
import type { Materialise } from './checkout-tree.ts';

/** A path that has just been added. */
export interface StoredPath {
  readonly path: string;
  /** Base 16. */
  readonly narHash: string;
}

export interface EvaluationStoreOptions {
  readonly open: () => Promise<Store>;
  readonly directory?: string;
  readonly readOnly: boolean;
  /** What paths to be added are read from. */
  readonly tree: FileTree;
  readonly hashers: HasherFactory;
  /** Builds or fetches outputs; without it there is no import from derivation of what is not there. */
  readonly realise?: ((paths: readonly BuiltPath[]) => Promise<readonly RealisedPath[]>) | undefined;
}

/** Outputs of a derivation. */
interface BuiltPath {
  readonly drvPath: string;
  readonly outputs: readonly string[];
}

interface PendingSource {
  readonly request: AddPathRequest;
  readonly source: string;
}

/** A build that fails is an error of the program that asked for it. */
function asHostError(error: unknown): never {
  if (error instanceof BuildFailure) throw new HostError(ErrorCode.Plain, error.message, { status: error.status, cause: error });
  throw error;
}

const storeWork = () => import('./store-work.ts');

/** Bytes of texts that are kept back. */
const mostPending = 8 * 2 ** 20;

export class EvaluationStore extends VirtualStore {
  readonly readOnly: boolean;
  readonly #open: () => Promise<Store>;
  readonly #realise: EvaluationStoreOptions['realise'];
  #store: Promise<Store> | undefined;
  readonly #texts = new Map<string, TextToAdd>();
  readonly #sources = new Map<string, PendingSource>();
  #pendingBytes = 0;
  #flushing: Promise<void> = Promise.resolve();
  readonly #arrived: (storePath: string) => void;

  constructor(
    { open, directory = '/nix/store', readOnly, tree, hashers, realise }: EvaluationStoreOptions,
    arrived: (storePath: string) => void = () => {},
  ) {
    super(tree, hashers, directory);
    this.#open = open;
    this.#realise = realise;
    this.readOnly = readOnly;
    this.#arrived = arrived;
  }

  /** The store itself. */
  store(): Promise<Store> {
    this.#store ??= this.#open();
    return this.#store;
  }

  #isPending(path: string): boolean {
    return this.#texts.has(path) || this.#sources.has(path);
  }

  /** What is known of a valid path. Writes what is kept back first, where it is that path. */
  async info(path: string): Promise<PathInfo | undefined> {
    if (this.#isPending(path)) await this.flush();
    return (await this.store()).pathInfo(path);
  }

  override isValid(path: string): boolean | Promise<boolean> {
    return this.#isPending(path) || this.info(path).then((info) => info !== undefined);
  }

  override async makeValid(path: string) {
    if (!(await this.isValid(path))) throw notValid(path);
  }

  override async references(path: string): Promise<string[] | undefined> {
    const pending = this.#texts.get(path)?.references;
    return pending ? [...pending] : [...((await this.info(path))?.references ?? [])];
  }

  override async closure(path: string): Promise<ClosureEntry[]> {
    await this.flush();
    const { closureInfos } = await storeWork();
    const infos = await closureInfos(await this.store(), [path]);
    return Promise.all(
      [...infos.keys()].map(async (name) => ({
        path: name,
        outputs: name.endsWith('.drv') ? [...(await this.#outputs(name)).keys()] : [],
      })),
    );
  }

  /** Paths of a derivation's outputs by name; '' where one is known only after the build. */
  async #outputs(path: string): Promise<Map<string, string>> {
    const { derivationOutputs } = await storeWork();
    return derivationOutputs(await this.readDerivation(path), path);
  }

  override readDerivation(path: string): Uint8Array | Promise<Uint8Array> {
    return this.#texts.get(path)?.contents ?? this.#readStored(path);
  }

  async #readStored(path: string): Promise<Uint8Array> {
    const { readWholeFile } = await storeWork();
    try {
      return await readWholeFile(await this.store(), path);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return this.tree.readFile(path);
      throw error;
    }
  }

  override async realise(elements: string[], _forImport: boolean): Promise<Map<string, string>> {
    const wanted: BuiltPath[] = [];
    for (const element of elements) {
      const storePath = element.slice(element.lastIndexOf(this.directory));
      await this.makeValid(storePath);
      if (element.startsWith('!')) wanted.push({ drvPath: storePath, outputs: [element.slice(1, element.indexOf('!', 1))] });
    }
    return wanted.length === 0 ? new Map() : this.#build(wanted);
  }

  /** Import from derivation: the outputs are made, and where their paths were not known before, they take the place of what stood for them. */
  async #build(wanted: readonly BuiltPath[]): Promise<Map<string, string>> {
    if (!this.#realise) {
      const [{ drvPath, outputs }] = wanted as [BuiltPath];
      throw new HostError(ErrorCode.Ifd, `cannot build '\x0e${drvPath}^${outputs[0]}\x0f': this store cannot build derivations`);
    }
    await this.flush();
    const replaced = new Map<string, string>();
    for (const { drvPath, output, path } of await this.#realise(wanted).catch(asHostError)) {
      this.#arrived(path);
      if (drvPath === undefined || output === undefined || (await this.#outputs(drvPath)).get(output) !== '') continue;
      const { upstreamPlaceholder } = await import('@vixen/builder');
      replaced.set(upstreamPlaceholder(drvPath, output, this.directory), path);
    }
    return replaced;
  }

  protected override add(request: AddPathRequest): string | Promise<string> {
    if (request.expected !== '') return this.#addExpected(request);
    return this.#addNew(request);
  }

  async #addExpected(request: AddPathRequest): Promise<string> {
    return (await this.isValid(request.expected)) ? request.expected : this.#addNew(request);
  }

  #addNew(request: AddPathRequest): string {
    const path = this.computedPath(request);
    if (!request.computeOnly && !this.readOnly) this.#keepSource(path, request);
    return path;
  }

  #keepSource(path: string, request: AddPathRequest) {
    if (this.#sources.has(path)) return;
    this.#sources.set(path, { request, source: sourceOf(this.tree, request) });
    this.#arrived(path);
  }

  override addText(_name: string, contents: Uint8Array, references: string[], path: string): void {
    if (this.readOnly || this.#texts.has(path)) return;
    this.#texts.set(path, { path, contents, references });
    this.#arrived(path);
    this.#pendingBytes += contents.length;
    if (this.#pendingBytes > mostPending) this.#start();
  }

  /** Writes what is kept back, and waits until all of it is in the store. */
  flush(): Promise<void> {
    if (this.#sources.size > 0 || this.#texts.size > 0) this.#start();
    return this.#flushing;
  }

  // Writing goes on beside evaluation; its failure is told by whoever waits for it.
  #start() {
    const sources = [...this.#sources];
    const texts = [...this.#texts.values()];
    this.#pendingBytes = 0;
    this.#flushing = this.#flushing.then(() => this.#write(sources, texts));
    this.#flushing.catch(() => {});
  }

  async #write(sources: [string, PendingSource][], texts: TextToAdd[]) {
    const store = await this.store();
    const known = await store.pathInfos([...sources.map(([path]) => path), ...texts.map(({ path }) => path)]);
    for (const [path, { request, source }] of sources) {
      if (!known.has(path)) await this.#writeSource(store, path, request, source);
      this.#sources.delete(path);
    }
    const missing = texts.filter(({ path }) => !known.has(path));
    if (missing.length > 0) await (await storeWork()).addTexts(store, missing, this.hashers);
    for (const { path } of texts) this.#texts.delete(path);
  }

  async #writeSource(store: Store, path: string, { name, recursive, references, kept }: AddPathRequest, source: string) {
    const { addArchive } = await storeWork();
    const archive = () => narDump(narFs(this.tree), source, keptFilter(source, kept));
    const info = await addArchive(store, { name, method: recursive ? 'nar' : 'flat', references, hashers: this.hashers, archive });
    if (info.path !== path) {
      throw new HostError(ErrorCode.Io, `path '\x0e${source}\x0f' changed while it was being evaluated; evaluate again`);
    }
  }

  /** Adds something of any tree, in read-only mode too: what was fetched has to be there to be read. */
  async addFrom(
    tree: FileTree,
    source: string,
    name: string,
    options: { recursive: boolean; keep?: NarFilter | undefined },
  ): Promise<StoredPath> {
    const { addArchive } = await storeWork();
    const archive = () => narDump(narFs(tree), source, options.keep);
    const method = options.recursive ? 'nar' : 'flat';
    const info = await addArchive(await this.store(), { name, method, references: [], hashers: this.hashers, archive });
    await this.files(info.path);
    return { path: info.path, narHash: formatHash({ algo: 'sha256', digest: info.narHash }, 'base16') };
  }

  /** The path that contents with a known hash have. */
  fixedPath(name: string, recursive: boolean, hash: Hash): string {
    return this.paths.makeFixedOutputPath(name, { method: recursive ? 'nar' : 'flat', hash });
  }

  /** Makes a link that keeps a path alive. */
  async addRoot(path: string, link: string) {
    await this.flush();
    if (this.readOnly) return;
    const { addPermanentRoot } = await import('./out-links.ts');
    await addPermanentRoot(await this.store(), path, link);
  }

  /** Where a valid path lies as files on this machine. */
  async files(path: string): Promise<string> {
    const store = await this.store();
    if (!store.checkouts) throw unsupported(store.url, 'checkouts, which evaluation has to read from');
    const place = await store.checkouts.checkout(path);
    this.#arrived(path);
    return place;
  }

  /** Makes a path files, where the store has it. */
  readonly materialise: Materialise = async (path) => {
    await this.flush();
    const store = await this.store();
    if (!store.checkouts || !(await store.pathInfo(path))) return false;
    await store.checkouts.checkout(path);
    return true;
  };

  /** Ends the work with the store. What is kept back is forgotten: `flush` writes it. */
  async close() {
    await this.#flushing.catch(() => {});
    await (await this.#store)?.close();
    this.#store = undefined;
  }
}
