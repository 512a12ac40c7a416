// The page begins: the Wasm is on its way while the editor is set up.
import './panels/index.ts';
import { App } from './app.ts';
import { loadModules } from './modules.ts';
import { keepForOffline } from './offline/register.ts';

const createWorker = () => new Worker(new URL('./worker/main.ts', import.meta.url), { type: 'module', name: 'vixen' });

void new App(document.querySelector<HTMLElement>('#app')!, loadModules(), createWorker).start();
keepForOffline();
