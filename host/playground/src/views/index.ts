// The views of a value and of how it came about, in the order of their tabs.
import type { Panel } from '../panels.ts';
import { bytecodePanel } from './bytecode.ts';
import { costsPanel } from './costs.ts';
import { derivationPanel } from './derivation.ts';
import { forcesPanel } from './forces.ts';
import { syntaxPanel } from './syntax.ts';
import { valueTreePanel } from './value-tree.ts';

export const views: readonly Panel[] = [valueTreePanel, derivationPanel, syntaxPanel, bytecodePanel, forcesPanel, costsPanel];
