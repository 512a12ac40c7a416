// The page: its parts, and what passes between them.
import { Client } from './client.ts';
import { el } from './dom.ts';
import { Editor } from './editor/editor.ts';
import { libMembers } from './editor/lib-members.ts';
import { marksOfCheck, marksOfOutcome } from './editor/marks.ts';
import { nixSupport } from './editor/nix.ts';
import type { Modules } from './modules.ts';
import { Runner } from './runner.ts';
import { Sessions } from './sessions.ts';
import { absolute, nameOf } from './state/paths.ts';
import { limitsFor, loadPreferences, savePreferences } from './state/preferences.ts';
import { encodeShare } from './state/share.ts';
import { WorkspaceStore } from './state/store.ts';
import { Workspace } from './state/workspace.ts';
import { copyText } from './ui/clipboard.ts';
import { tell } from './ui/dialog.ts';
import { acceptDrops } from './ui/drop.ts';
import { FileBar } from './ui/file-bar.ts';
import { Notices } from './ui/notices.ts';
import { OutcomeView } from './ui/outcome-view.ts';
import { packView } from './ui/pack-view.ts';
import { PanelArea } from './ui/panel-area.ts';
import { QuestionView } from './ui/question-view.ts';
import { showSettings } from './ui/settings.ts';
import { tabId } from './ui/tabs.ts';
import { applyTheme, isDark } from './ui/theme.ts';
import { toolbar } from './ui/toolbar.ts';
import { welcome } from './welcome.ts';

export class App {
  readonly #preferences = loadPreferences();
  readonly #workspace = new Workspace();
  readonly #sessions = new Sessions(this.#workspace, new WorkspaceStore(), welcome);
  readonly #client: Client;
  readonly #runner: Runner;
  readonly #editor: Editor;
  readonly #notices = new Notices();
  readonly #area: PanelArea;
  readonly #place: HTMLElement;
  /** The text that was evaluated last. */
  #evaluated = '';

  constructor(place: HTMLElement, modules: Promise<Modules>, createWorker: () => Worker) {
    this.#place = place;
    const workspace = this.#workspace;
    const editorPlace = el('div', { class: 'editor', id: 'editor', attrs: { role: 'tabpanel' } });
    this.#client = new Client({ create: createWorker, modules, files: () => workspace.all(), site: document.baseURI });
    this.#runner = new Runner({
      client: this.#client,
      workspace,
      isLive: () => this.#preferences.live,
      checked: (check) => this.#editor.mark(marksOfCheck(check, absolute(this.#editor.name))),
    });
    this.#area = new PanelArea(this.#client, (panel) => {
      this.#preferences.panel = panel;
      savePreferences(this.#preferences);
    });
    this.#build(editorPlace);
    this.#editor = new Editor({
      parent: editorPlace,
      language: nixSupport(libMembers(this.#client)),
      changed: (name, text) => {
        workspace.edit(name, text);
        this.#runner.edited();
      },
      moved: (name, offset) => this.#client.emit('cursor', { path: absolute(name), offset }),
      evaluate: () => this.#runner.evaluate(),
    });
    this.#connect(editorPlace);
  }

  /** Opens what the address says, and evaluates it. */
  async start(): Promise<void> {
    await this.#sessions.enter(location.hash);
    addEventListener('hashchange', () => void this.#sessions.enter(location.hash));
    addEventListener('pagehide', () => void this.#sessions.flush());
    document.addEventListener('visibilitychange', () => void this.#sessions.flush());
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Keys that mean the same wherever the focus is; the editor has its own. */
  #key(event: KeyboardEvent) {
    if (event.defaultPrevented || !(event.ctrlKey || event.metaKey)) return;
    const action = { Enter: () => this.#runner.evaluate(), s: () => this.#keep() }[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #keep() {
    const isOwn = this.#sessions.current.kind === 'own';
    void this.#sessions.flush().then(() => isOwn && this.#notices.flash('Kept by this browser, as everything is that you write.'));
  }

  #build(editorPlace: HTMLElement) {
    const tools = toolbar({
      evaluate: () => this.#runner.evaluate(),
      example: (id) => this.#go(`#example=${id}`),
      share: () => void this.#share(),
      settings: () => void showSettings(this.#preferences, () => this.#preferencesChanged()),
      theme: () => {
        this.#preferences.theme = isDark(this.#preferences.theme) ? 'light' : 'dark';
        this.#preferencesChanged();
      },
    });
    const outcome = new OutcomeView(this.#client, () => this.#runner.cancel());
    const questions = new QuestionView(this.#client.questions);
    const files = new FileBar(this.#workspace, () => this.#editor.focus());
    const source = el('section', { class: 'source', attrs: { 'aria-label': 'Source' } }, files.element, editorPlace);
    const result = el(
      'section',
      { class: 'result', attrs: { 'aria-label': 'Result' } },
      outcome.status,
      outcome.problem,
      this.#area.element,
    );
    this.#place.replaceChildren(
      el('header', { class: 'top' }, el('h1', {}, 'Vixen playground'), packView(this.#client), tools),
      el('main', { class: 'main' }, this.#notices.element, questions.element, el('div', { class: 'work' }, source, result)),
    );
    acceptDrops(this.#place, (dropped) => void files.take(dropped));
  }

  #connect(editorPlace: HTMLElement) {
    const [workspace, client, editor] = [this.#workspace, this.#client, this.#editor];
    workspace.on('changed', (changes) => client.sendFiles(changes));
    workspace.on('arranged', () => {
      editor.keep(workspace.names);
      editorPlace.setAttribute('aria-labelledby', tabId(workspace.active, 'file-'));
      const isOther = editor.open(workspace.active, workspace.read(workspace.active) ?? '');
      if (isOther && this.#preferences.live && !this.#sessions.isEntering) this.#runner.evaluate();
    });
    client.on('begun', () => {
      this.#evaluated = editor.text;
    });
    client.on('ended', (outcome) => {
      // Where the text has changed since, places are others by now; the next evaluation is on its way.
      if (editor.text === this.#evaluated) editor.mark(marksOfOutcome(outcome, absolute(editor.name)));
    });
    client.on('reveal', (place) => {
      const name = nameOf(place.file);
      if (name === undefined || workspace.read(name) === undefined) return;
      workspace.show(name);
      editor.reveal(place);
    });
    this.#sessions.on('entered', () => this.#entered());
    this.#sessions.on('trouble', ({ message, canOverwrite }) => this.#trouble(message, canOverwrite));
  }

  #entered() {
    const { current } = this.#sessions;
    this.#applyLimits();
    this.#client.questions.forget();
    this.#runner.evaluate();
    this.#notices.hide('guest');
    this.#notices.hide('trouble');
    const wanted = current.kind === 'example' ? current.panel : undefined;
    this.#area.choose(wanted ?? this.#preferences.panel, { isPassing: wanted !== undefined });
    if (current.kind === 'own') return;
    const what = current.kind === 'shared' ? 'These files came with a link.' : `Example: ${current.title}.`;
    this.#notices.show('guest', `${what} Your own are untouched; changes here are not kept.`, [
      { label: 'Keep a copy', act: () => void this.#sessions.keepCopy().then(() => history.replaceState(null, '', location.pathname)) },
      { label: 'Back to my files', act: () => this.#go('') },
    ]);
  }

  #trouble(message: string, canOverwrite = false) {
    const over = { label: 'Keep mine', act: () => void this.#sessions.save({ over: true }).then(() => this.#notices.hide('trouble')) };
    const theirs = { label: 'Take the others', act: () => void this.#sessions.enter('') };
    this.#notices.show('trouble', message, canOverwrite ? [over, theirs] : []);
  }

  /** Goes to another session, which the address then names. */
  #go(fragment: string) {
    history.pushState(null, '', location.pathname + location.search + fragment);
    void this.#sessions.enter(fragment);
  }

  async #share() {
    try {
      const fragment = await encodeShare(this.#workspace.snapshot());
      const link = location.origin + location.pathname + fragment;
      const isCopied = await copyText('The link', link);
      if (isCopied)
        this.#notices.flash(`A link that holds these files is in the clipboard (${link.length} characters). It was sent to nobody.`);
    } catch (error) {
      await tell('No link', (error as Error).message);
    }
  }

  #applyLimits() {
    this.#client.limits = limitsFor(this.#preferences.limits, this.#sessions.current.kind === 'shared');
  }

  #preferencesChanged() {
    savePreferences(this.#preferences);
    applyTheme(this.#preferences.theme);
    this.#applyLimits();
  }
}
