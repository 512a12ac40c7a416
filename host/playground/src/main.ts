// The page begins: the Wasm is on its way while the editor is set up.
import { createWorker, modules } from './early.ts';
import './panels/index.ts';
import { App } from './app.ts';
import { keepForOffline } from './offline/register.ts';

const place = document.querySelector<HTMLElement>('#app')!;
const isKnown = 'popover' in HTMLElement.prototype && 'any' in AbortSignal && typeof CompressionStream === 'function';

if (isKnown) {
  void new App(place, modules, createWorker).start();
  keepForOffline();
} else place.textContent = 'The playground needs a newer browser: Chromium 116, Firefox 125, Safari 17.4, or later ones.';
