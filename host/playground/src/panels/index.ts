// All panels, in the order of their tabs.
import { registerPanel } from '../panels.ts';
import { outputPanel } from './output.ts';
import { printedPanel } from './printed.ts';

for (const panel of [printedPanel, outputPanel]) registerPanel(panel);
