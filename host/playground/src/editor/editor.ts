// The editor: one state a file, so that each keeps its own history and selection. It lives in a shadow root, whose style sheets can be
// adopted without leave of the page's CSP.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Place } from '@vixen/host';
import type { Contents } from '../state/workspace.ts';
import type { Mark } from './marks.ts';
import { theme } from './theme.ts';

export interface EditorOptions {
  parent: HTMLElement;
  /** Highlighting, completion and what else belongs to the language. */
  language: Extension;
  changed: (name: string, text: string) => void;
  /** The cursor is somewhere else. */
  moved: (name: string, offset: number) => void;
  evaluate: () => void;
}

export class Editor {
  readonly #view: EditorView;
  readonly #states = new Map<string, EditorState>();
  readonly #extensions: Extension;
  #name = '';

  constructor({ parent, language, changed, moved, evaluate }: EditorOptions) {
    const run = () => {
      evaluate();
      return true;
    };
    const edited = EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
      if (docChanged) changed(this.#name, state.doc.toString());
      if (selectionSet) moved(this.#name, state.selection.main.head);
    });
    this.#extensions = [keymap.of([{ key: 'Mod-Enter', run, preventDefault: true }]), ...basics, language, theme, edited];
    const root = parent.attachShadow({ mode: 'open' });
    const place = document.createElement('div');
    place.className = 'editor-root';
    root.append(place);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.editor-root { height: 100%; }');
    root.adoptedStyleSheets = [sheet];
    this.#view = new EditorView({ parent: place, root });
  }

  get name(): string {
    return this.#name;
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  /** Shows a file. Answers whether it is another one, or another text, than what was shown. */
  open(name: string, contents: Contents): boolean {
    const isText = typeof contents === 'string';
    const text = isText ? contents : `(${contents.length} bytes that are no text)`;
    if (name === this.#name && this.text === text) return false;
    if (this.#name !== '') this.#states.set(this.#name, this.#view.state);
    this.#name = name;
    const kept = this.#states.get(name);
    const isSame = kept !== undefined && kept.doc.toString() === text;
    const own = [label(name), EditorState.readOnly.of(!isText)];
    this.#view.setState(isSame ? kept : EditorState.create({ doc: text, extensions: [this.#extensions, own] }));
    return true;
  }

  /** Forgets what it knows of files that are gone. */
  keep(names: readonly string[]) {
    for (const name of [...this.#states.keys()]) if (!names.includes(name)) this.#states.delete(name);
  }

  focus() {
    this.#view.focus();
  }

  /** Puts the cursor at a place and shows it. */
  reveal({ line, range }: Place) {
    const { doc } = this.#view.state;
    const at = Math.min(range?.from ?? doc.line(Math.min(line, doc.lines)).from, doc.length);
    this.#view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
    this.#view.focus();
  }

  /** Underlines what is wrong with the text that is shown. */
  mark(marks: readonly Mark[]) {
    const { state } = this.#view;
    const found = marks.flatMap(({ severity, message, range }): Diagnostic[] => {
      const isThere = range && range.from <= range.to && range.to <= state.doc.length;
      return isThere ? [{ ...range, severity, message }] : [];
    });
    this.#view.dispatch(setDiagnostics(state, found));
  }
}

const label = (name: string) => EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': `Nix expression, ${name}` });

const basics: Extension[] = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  EditorView.lineWrapping,
  highlightSpecialChars(),
  history(),
  drawSelection(),
  EditorState.allowMultipleSelections.of(true),
  EditorState.tabSize.of(2),
  indentUnit.of('  '),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ icons: false }),
  search({ top: true }),
  highlightSelectionMatches(),
  lintGutter(),
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];
