// The page begins: the Wasm is on its way while the editor is set up.
import './panels/index.ts';
import { App } from './app.ts';
import { loadModules } from './modules.ts';
import { keepForOffline } from './offline/register.ts';

const createWorker = () => new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'vixen' });

const place = document.querySelector<HTMLElement>('#app')!;
const isKnown = 'popover' in HTMLElement.prototype && 'any' in AbortSignal && typeof CompressionStream === 'function';

if (isKnown) {
  void new App(place, loadModules(), createWorker).start();
  keepForOffline();
} else place.textContent = 'The playground needs a newer browser: Chromium 116, Firefox 125, Safari 17.4, or later ones.';
