// The files above the editor: a tab each, and a menu of what can be done with them.
import { button, el } from '../dom.ts';
import { type Incoming, readChosen } from '../state/intake.ts';
import { nameProblem } from '../state/paths.ts';
import { tarOf } from '../state/tar.ts';
import type { Workspace } from '../state/workspace.ts';
import { askText, askWhether, tell } from './dialog.ts';
import { download } from './download.ts';
import { menu } from './menu.ts';
import { Tabs } from './tabs.ts';

// More files than these are reached through a list, too.
const manyFiles = 8;
// Of a folder with more, those that were shown last have tabs.
const mostTabs = 30;

export class FileBar {
  readonly element: HTMLElement;
  readonly #workspace: Workspace;
  readonly #tabs: Tabs;
  readonly #list = el('select', {
    attrs: { 'aria-label': 'Go to file', hidden: true },
    on: { change: () => this.#workspace.show(this.#list.value) },
  });

  readonly #edit: () => void;
  #recent: string[] = [];
  /** The names in the list. */
  #listed = '';

  /** `edit` puts the reader into the editor. */
  constructor(workspace: Workspace, edit: () => void) {
    this.#workspace = workspace;
    this.#edit = edit;
    this.#tabs = new Tabs({
      label: 'Files',
      prefix: 'file-',
      controls: () => 'editor',
      choose: (name) => workspace.show(name),
      keydown: (name, event) => this.#key(name, event),
    });
    const more = menu('File', [
      { label: 'New…', act: () => void this.#create() },
      { label: 'Rename…', act: () => void this.#rename(workspace.active) },
      { label: 'Delete…', act: () => void this.#remove(workspace.active) },
      { label: 'Upload files…', act: () => this.#choose(false) },
      { label: 'Upload a folder…', act: () => this.#choose(true) },
      { label: 'Download', act: () => this.#download() },
      { label: 'Download all (.tar)', act: () => download('playground.tar', tarOf(workspace.snapshot().files)) },
    ]);
    const create = button('+', () => void this.#create(), { class: 'new-file', attrs: { 'aria-label': 'New file', title: 'New file' } });
    this.element = el('div', { class: 'file-bar' }, this.#tabs.element, create, this.#list, more);
    workspace.on('arranged', () => this.#draw());
    this.#draw();
  }

  /** Puts files in; those of the same names are asked about. */
  async take(files: Promise<Incoming[]>): Promise<void> {
    try {
      const incoming = await files;
      const known = incoming.filter(({ name }) => this.#workspace.read(name) !== undefined).map(({ name }) => name);
      const question = `${known.slice(0, 5).join(', ')}${known.length > 5 ? ' and others' : ''}: there already. Their contents would be replaced.`;
      if (known.length > 0 && !(await askWhether('Replace files?', question, 'Replace'))) return;
      if (incoming.length > 0) this.#workspace.add(incoming);
    } catch (error) {
      await tell('These files cannot be taken', (error as Error).message);
    }
  }

  #draw() {
    const { names, active } = this.#workspace;
    this.#recent = [active, ...this.#recent.filter((name) => name !== active && names.includes(name))].slice(0, mostTabs);
    // First, for it takes room from the tabs.
    this.#list.hidden = names.length <= manyFiles;
    this.#fillList(names);
    this.#list.value = active;
    const shown = names.length <= mostTabs ? names : names.filter((name) => this.#recent.includes(name));
    this.#tabs.show(
      shown.map((name) => ({ id: name, label: name })),
      active,
    );
  }

  #fillList(names: readonly string[]) {
    const all = names.join('\n');
    if (this.#listed === all || this.#list.hidden) return;
    this.#listed = all;
    this.#list.replaceChildren(...names.map((name) => el('option', { attrs: { value: name } }, name)));
  }

  #key(name: string, event: KeyboardEvent) {
    const action = { F2: () => this.#rename(name), Delete: () => this.#remove(name) }[event.key];
    if (!action) return;
    event.preventDefault();
    void action();
  }

  #nameCheck(before?: string) {
    return (name: string) => {
      if (name !== before && this.#workspace.read(name) !== undefined) return `There is a file ${name} already.`;
      return nameProblem(name) ?? this.#workspace.clash(name, before);
    };
  }

  async #create() {
    const name = await askText('Name of the new file', this.#workspace.freeName(), this.#nameCheck());
    if (name === undefined) return;
    this.#workspace.add([{ name, contents: '' }]);
    this.#edit();
  }

  async #rename(from: string) {
    const name = await askText(`New name of ${from}`, from, this.#nameCheck(from));
    if (name !== undefined) this.#workspace.rename(from, name);
  }

  async #remove(name: string) {
    const isEmpty = this.#workspace.read(name)?.length === 0;
    if (isEmpty || (await askWhether(`Delete ${name}?`, 'It cannot be brought back.', 'Delete'))) this.#workspace.remove(name);
  }

  #choose(isFolder: boolean) {
    const input = el('input', { attrs: { type: 'file', multiple: true, webkitdirectory: isFolder } });
    input.addEventListener('change', () => void this.take(readChosen(input.files ?? [])));
    input.click();
  }

  #download() {
    const { active } = this.#workspace;
    download(active.replace(/^.*\//, ''), new Blob([this.#workspace.read(active) as BlobPart]));
  }
}
