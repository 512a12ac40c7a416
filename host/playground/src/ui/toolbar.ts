// The buttons at the top.
import { button, el } from '../dom.ts';
import { examples } from '../examples.ts';
import { menu } from './menu.ts';

export interface ToolbarActions {
  evaluate: () => void;
  example: (id: string) => void;
  share: () => void;
  settings: () => void;
  theme: () => void;
}

export function toolbar(actions: ToolbarActions): HTMLElement {
  return el(
    'div',
    { class: 'tools' },
    button('Evaluate', actions.evaluate, { class: 'primary', attrs: { title: 'Ctrl-Enter' } }),
    menu(
      'Examples',
      examples.map(({ id, title }) => ({ label: title, act: () => actions.example(id) })),
    ),
    button('Share', actions.share),
    button('Settings', actions.settings),
    button('◐', actions.theme, { class: 'theme', attrs: { 'aria-label': 'Light or dark', title: 'Light or dark' } }),
  );
}
