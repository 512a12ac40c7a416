// All panels, in the order of their tabs: the value as a tree comes first, for it evaluates no more than is looked at.
import { registerPanel } from '../panels.ts';
import { views } from '../views/index.ts';
import { outputPanel } from './output.ts';
import { printedPanel } from './printed.ts';

const [tree, ...others] = views;

for (const panel of [tree, printedPanel, outputPanel, ...others]) if (panel) registerPanel(panel);
