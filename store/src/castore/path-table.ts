/** What is known of the paths of a store whose contents lie in a castore. */
import { notValid, StoreError } from '../errors.ts';
import { normalSignatures } from '../formats/signature.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions } from '../service.ts';

export interface PathTable {
  get(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>>;
  /** The path whose base name begins with these 32 digits. */
  fromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined>;
  all(options?: CallOptions): AsyncIterable<string>;
  referrers(path: string, options?: CallOptions): Promise<string[]>;
  /**
   * Registers all or none, at once. References have to be valid or among `infos` (`not-found`). A path that is valid already stays as it is, except for
   * `replace`. The castore has to hold what the nodes name (`not-found`).
   */
  register(infos: readonly PathInfo[], options?: CallOptions & { readonly replace?: boolean }): Promise<void>;
  addSignatures(path: string, signatures: readonly string[], options?: CallOptions): Promise<void>;
  /** Keeps paths from being collected until the store is closed, where collections run beside it. They may be gone before it answers. */
  keep?(paths: readonly string[]): Promise<void>;
}

/** What is kept of an info that is registered now: references and signatures in order, each once. */
export function normalInfo(info: PathInfo): PathInfo {
  return {
    ...info,
    references: isAscending(info.references) ? info.references : [...new Set(info.references)].sort(),
    signatures: info.signatures.length === 0 ? info.signatures : normalSignatures(info.signatures),
    registrationTime: info.registrationTime ?? Math.floor(Date.now() / 1000),
  };
}

function isAscending(texts: readonly string[]): boolean {
  for (let i = 1; i < texts.length; i++) if (texts[i - 1]! >= texts[i]!) return false;
  return true;
}

/** Refuses infos whose references are neither valid nor registered with them. */
export function requireReferences(infos: readonly PathInfo[], isValid: (path: string) => boolean): void {
  const own = new Set(infos.map((info) => info.path));
  for (const { path, references } of infos) {
    const missing = references.find((reference) => !own.has(reference) && !isValid(reference));
    if (missing !== undefined) {
      throw new StoreError('not-found', `cannot register path '${path}', because its reference '${missing}' is not valid`);
    }
  }
}

/** A table in memory. */
export class MemoryPathTable implements PathTable {
  readonly infos = new Map<string, PathInfo>();
  readonly #requireNodes: (infos: readonly PathInfo[]) => void;

  /** `requireNodes` fails where the castore lacks contents. */
  constructor(requireNodes: (infos: readonly PathInfo[]) => void) {
    this.#requireNodes = requireNodes;
  }

  async get(paths: readonly string[]): Promise<Map<string, PathInfo>> {
    const found = new Map<string, PathInfo>();
    for (const path of paths) {
      const info = this.infos.get(path);
      if (info) found.set(path, info);
    }
    return found;
  }

  async fromHashPart(hashPart: string): Promise<string | undefined> {
    for (const path of this.infos.keys()) if (path.startsWith(`${hashPart}-`, path.lastIndexOf('/') + 1)) return path;
    return undefined;
  }

  async *all(): AsyncGenerator<string, void, void> {
    yield* [...this.infos.keys()];
  }

  async referrers(path: string): Promise<string[]> {
    const refers = [...this.infos.values()].filter((info) => info.path !== path && info.references.includes(path));
    return refers.map((info) => info.path).sort();
  }

  async register(infos: readonly PathInfo[], { replace = false }: { readonly replace?: boolean } = {}): Promise<void> {
    requireReferences(infos, (path) => this.infos.has(path));
    this.#requireNodes(infos);
    for (const info of infos) if (replace || !this.infos.has(info.path)) this.infos.set(info.path, normalInfo(info));
  }

  async addSignatures(path: string, signatures: readonly string[]): Promise<void> {
    const info = this.infos.get(path);
    if (!info) throw notValid(path);
    this.infos.set(path, { ...info, signatures: normalSignatures([...info.signatures, ...signatures]) });
  }
}
