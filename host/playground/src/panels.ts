// The panels beside the editor. A view registers itself here and is told when it is shown; it works only then.
import type { Client } from './client.ts';

/** What a mounted panel lets itself be told. */
export interface PanelView {
  /** It has become visible: the value may be another one by now (`client.outcome`). */
  show?(): void;
  hide?(): void;
}

export interface Panel {
  readonly id: string;
  readonly title: string;
  /** Lets the panel change the title on its tab, mounted or not. */
  retitle?(client: Client, title: (text: string) => void): void;
  /** Fills its element, at the first time it is shown; `show` follows. */
  mount(element: HTMLElement, client: Client): PanelView;
}

const registered: Panel[] = [];

/** Panels stand in the order in which they are registered (src/panels/index.ts). */
export function registerPanel(panel: Panel) {
  registered.push(panel);
}

export const panels = (): readonly Panel[] => registered;
