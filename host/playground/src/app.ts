// The page: its parts, and what passes between them.
import { Client } from './client.ts';
import { button, el } from './dom.ts';
import { Editor } from './editor/editor.ts';
import { libMembers } from './editor/lib-members.ts';
import { marksOfCheck, marksOfOutcome } from './editor/marks.ts';
import { nixSupport } from './editor/nix.ts';
import type { Modules } from './modules.ts';
import { Runner } from './runner.ts';
import { absolute, nameOf } from './state/paths.ts';
import { loadPreferences, savePreferences } from './state/preferences.ts';
import { Workspace } from './state/workspace.ts';
import { OutcomeView } from './ui/outcome-view.ts';
import { packView } from './ui/pack-view.ts';
import { PanelArea } from './ui/panel-area.ts';

export function startApp(place: HTMLElement, modules: Promise<Modules>, createWorker: () => Worker) {
  const preferences = loadPreferences();
  const workspace = new Workspace();
  const client = new Client({ create: createWorker, modules, files: () => workspace.all() });
  client.limits = preferences.limits;
  const runner = new Runner({
    client,
    workspace,
    isLive: () => preferences.live,
    checked: (check) => editor.mark(marksOfCheck(check, absolute(editor.name))),
  });

  const evaluateButton = button('Evaluate', () => runner.evaluate(), { class: 'primary', attrs: { title: 'Ctrl-Enter' } });
  const cancelButton = button('Cancel', () => runner.cancel(), { class: 'danger', attrs: { hidden: true } });
  const outcome = new OutcomeView(client, (isRunning) => {
    cancelButton.hidden = !isRunning;
  });
  const editorPlace = el('div', { class: 'editor', id: 'editor' });
  const area = new PanelArea(client, (panel) => {
    preferences.panel = panel;
    savePreferences(preferences);
  });
  place.replaceChildren(
    el(
      'header',
      { class: 'top' },
      el('h1', {}, 'Vixen playground'),
      packView(client),
      el('div', { class: 'tools' }, evaluateButton, cancelButton),
    ),
    el(
      'main',
      { class: 'work' },
      el('section', { class: 'source', attrs: { 'aria-label': 'Source' } }, editorPlace),
      el('div', { class: 'result' }, outcome.status, outcome.problem, area.element),
    ),
  );

  const editor = new Editor({
    parent: editorPlace,
    language: nixSupport(libMembers(client)),
    changed: (name, text) => {
      workspace.edit(name, text);
      runner.edited();
    },
    evaluate: () => runner.evaluate(),
  });
  const open = () => editor.open(workspace.active, String(workspace.read(workspace.active) ?? ''));
  workspace.on('changed', (changes) => client.sendFiles(changes));
  workspace.on('arranged', () => {
    editor.keep(workspace.names);
    open();
  });
  let evaluated = '';
  client.on('begun', () => {
    evaluated = editor.text;
  });
  // Where the text has changed since, places are others by now; the next evaluation is on its way.
  client.on('ended', (ended) => editor.text === evaluated && editor.mark(marksOfOutcome(ended, absolute(editor.name))));
  client.on('reveal', (target) => {
    const name = nameOf(target.file);
    if (name === undefined || workspace.read(name) === undefined) return;
    workspace.show(name);
    editor.reveal(target);
  });
  open();
  area.choose(preferences.panel);
  runner.evaluate();
}
