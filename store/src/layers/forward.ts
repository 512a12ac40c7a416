/** What decorators of stores have in common: all is passed on to the store inside. */
import type { PathInfo } from '../path-info.ts';
import type {
  AddOptions,
  Bytes,
  CallOptions,
  Castore,
  CheckoutService,
  CollectorService,
  LogService,
  NarOptions,
  RealisationService,
  Store,
  VerifyOptions,
} from '../service.ts';

export class ForwardingStore implements Store {
  protected readonly inner: Store;
  readonly register?: NonNullable<Store['register']>;
  readonly forgetDamaged?: NonNullable<Store['forgetDamaged']>;

  constructor(inner: Store) {
    this.inner = inner;
    if (inner.register) this.register = (infos, options) => this.forwardRegister(infos, options);
    if (inner.forgetDamaged) this.forgetDamaged = (paths, options) => inner.forgetDamaged!(paths, options);
  }

  get url(): string {
    return this.inner.url;
  }
  get directory(): string {
    return this.inner.directory;
  }
  get priority(): number {
    return this.inner.priority;
  }
  get castore(): Castore | undefined {
    return this.inner.castore;
  }
  get collector(): CollectorService | undefined {
    return this.inner.collector;
  }
  get checkouts(): CheckoutService | undefined {
    return this.inner.checkouts;
  }
  get realisations(): RealisationService | undefined {
    return this.inner.realisations;
  }
  get logs(): LogService | undefined {
    return this.inner.logs;
  }

  pathInfo(path: string, options?: CallOptions): Promise<PathInfo | undefined> {
    return this.inner.pathInfo(path, options);
  }
  pathInfos(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>> {
    return this.inner.pathInfos(paths, options);
  }
  pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined> {
    return this.inner.pathFromHashPart(hashPart, options);
  }
  paths(options?: CallOptions): AsyncIterable<string> {
    return this.inner.paths(options);
  }
  referrers(path: string, options?: CallOptions): Promise<string[]> {
    return this.inner.referrers(path, options);
  }
  nar(path: string, options?: NarOptions): AsyncIterable<Uint8Array> {
    return this.inner.nar(path, options);
  }
  add(info: PathInfo, nar: Bytes, options?: AddOptions): Promise<void> {
    return this.inner.add(info, nar, options);
  }
  /** For decorators; only there where the store inside can register. */
  protected forwardRegister(infos: readonly PathInfo[], options?: AddOptions): Promise<void> {
    return this.inner.register!(infos, options);
  }
  addSignatures(path: string, signatures: readonly string[], options?: CallOptions): Promise<void> {
    return this.inner.addSignatures(path, signatures, options);
  }
  verify(options: VerifyOptions): Promise<void> {
    return this.inner.verify(options);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}
