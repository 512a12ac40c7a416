// Whose files are shown: the reader's own, which are kept, or those of a link or an example, which are looked at beside them.
import { Emitter } from './emitter.ts';
import { exampleOf } from './examples.ts';
import { decodeShare, isShare } from './state/share.ts';
import { ConflictError, type WorkspaceStore } from './state/store.ts';
import type { Snapshot, Workspace } from './state/workspace.ts';

export type Session = { kind: 'own' } | { kind: 'shared' } | { kind: 'example'; title: string; panel: string | undefined };

interface Opened {
  session: Session;
  snapshot: Snapshot;
  /** What the reader has to know. */
  trouble?: string;
}

export interface SessionEvents {
  entered: Session;
  /** Something about saving or opening that the reader has to know. */
  trouble: { message: string; canOverwrite?: boolean };
}

// Milliseconds without a change.
const saveDelay = 400;
const notKept = 'This browser does not keep your files: download what you need.';
const examplePattern = /^#example=([\w-]+)$/;

export class Sessions extends Emitter<SessionEvents> {
  current: Session = { kind: 'own' };
  readonly #workspace: Workspace;
  readonly #store: WorkspaceStore;
  readonly #first: Snapshot;
  #entries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Files of another session are being put in their place; `entered` follows. */
  isEntering = false;

  /** `first` is what a reader finds who has saved nothing yet. */
  constructor(workspace: Workspace, store: WorkspaceStore, first: Snapshot) {
    super();
    this.#workspace = workspace;
    this.#store = store;
    this.#first = first;
    workspace.on('changed', () => this.#saveSoon());
    workspace.on('arranged', () => this.#saveSoon());
  }

  /** Opens what the address says, or the reader's own files. Of several at once, the last is opened. */
  async enter(fragment: string): Promise<void> {
    const entry = ++this.#entries;
    await this.flush();
    const opened = await this.#opened(fragment);
    if (entry !== this.#entries) return;
    this.#show(opened.session, opened.snapshot);
    if (opened.trouble !== undefined) this.emit('trouble', { message: opened.trouble });
  }

  async #opened(fragment: string): Promise<Opened> {
    const example = exampleOf(examplePattern.exec(fragment)?.[1] ?? '');
    if (example) return { session: { kind: 'example', title: example.title, panel: example.panel }, snapshot: example };
    if (!isShare(fragment)) return this.#own();
    try {
      return { session: { kind: 'shared' }, snapshot: await decodeShare(fragment) };
    } catch (error) {
      return { ...(await this.#own()), trouble: (error as Error).message };
    }
  }

  async #own(): Promise<Opened> {
    try {
      return { session: { kind: 'own' }, snapshot: (await this.#store.load()) ?? this.#first };
    } catch {
      return { session: { kind: 'own' }, snapshot: this.#first, trouble: notKept };
    }
  }

  #show(session: Session, snapshot: Snapshot) {
    this.current = session;
    this.isEntering = true;
    this.#workspace.replace(snapshot);
    this.isEntering = false;
    this.emit('entered', session);
  }

  /** Puts the files that are looked at beside the reader's own, in a folder of their own, and goes there. */
  async keepCopy(): Promise<void> {
    const { files, active } = this.#workspace.snapshot();
    const own = (await this.#store.load().catch(() => undefined)) ?? this.#first;
    const folder = freeFolder(own.files.map(({ name }) => name));
    const copied = files.map(({ name, contents }) => ({ name: `${folder}/${name}`, contents }));
    this.#show({ kind: 'own' }, { files: [...own.files, ...copied], active: `${folder}/${active}` });
    await this.save();
  }

  #saveSoon() {
    if (this.current.kind !== 'own' || this.isEntering) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), saveDelay);
  }

  /** Saves what has changed, now. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) await this.save();
  }

  async save({ over = false } = {}): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.current.kind !== 'own') return;
    await this.#store.save(this.#workspace.snapshot(), { over }).catch((error: unknown) => this.#notKept(error));
  }

  #notKept(error: unknown): undefined {
    if (error instanceof ConflictError) {
      this.emit('trouble', {
        message: 'Another page of the playground has changed your files since; what you write here is not kept.',
        canOverwrite: true,
      });
      return;
    }
    this.emit('trouble', { message: notKept });
  }
}

function freeFolder(names: readonly string[]): string {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? 'copy' : `copy-${number}`;
    if (!names.some((name) => name === folder || name.startsWith(`${folder}/`))) return folder;
  }
}
