// All panels, in the order of their tabs. The first is shown to who comes for the first time: it needs no explanation.
import { registerPanel } from '../panels.ts';
import { views } from '../views/index.ts';
import { outputPanel } from './output.ts';
import { printedPanel } from './printed.ts';

const [tree, ...others] = views;

for (const panel of [printedPanel, tree, outputPanel, ...others]) if (panel) registerPanel(panel);
