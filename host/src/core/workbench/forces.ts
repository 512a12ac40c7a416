// The order in which a program's values were forced.
import { type ForceEvent, type Position, Suspended } from '@vixen/eval-core';
import type { Run } from './run.ts';
import type { ForceCount, ForceOrder, ForceStep } from './types.ts';

const mostCounts = 100;

const what: Record<Suspended, ForceStep['what']> = {
  [Suspended.Thunk]: 'thunk',
  [Suspended.Application]: 'application',
  [Suspended.Application2]: 'application',
  [Suspended.Application2Again]: 'application',
  [Suspended.Selection]: 'selection',
  [Suspended.Native]: 'builtin',
};

interface Label {
  name: string;
  position: Position | undefined;
}

function labelOf({ machine }: Run, { kind, which, position }: ForceEvent): Label {
  const own = machine.position(position);
  if (kind === Suspended.Selection) return { name: machine.symbolText(which), position: own };
  if (kind === Suspended.Native) return { name: machine.builtinName(which), position: own };
  if (which === 0) return { name: '', position: own };
  const label = kind === Suspended.Thunk ? machine.codeLabel(which) : machine.functionInfo(which);
  return { name: label.name, position: label.position ?? own };
}

export function forceOrder(run: Run): ForceOrder {
  const { machine, sources } = run;
  const labels = new Map<string, Pick<ForceStep, 'name' | 'place'>>();
  const steps = machine.forces().map((event, index): ForceStep => {
    const key = `${event.kind} ${event.which} ${event.position}`;
    let label = labels.get(key);
    if (!label) {
      const { name, position } = labelOf(run, event);
      label = { name, place: sources.place(position) };
      labels.set(key, label);
    }
    return { index, depth: event.depth, what: what[event.kind] ?? 'builtin', ...label };
  });
  const most = machine.forceCounts().sort((a, b) => b[1] - a[1]);
  const counts = most.slice(0, mostCounts).map(([code, count]): ForceCount => {
    const { name, position } = machine.codeLabel(code);
    return { name, place: sources.place(position), count };
  });
  return { steps, total: machine.forcesTotal(), counts };
}
