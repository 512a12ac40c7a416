// All panels, in the order of their tabs.
import { registerPanel } from '../panels.ts';
import { views } from '../views/index.ts';
import { outputPanel } from './output.ts';
import { printedPanel } from './printed.ts';

for (const panel of [printedPanel, outputPanel, ...views]) registerPanel(panel);
