// What evaluation has cost: time, memory, and what was made.
import { renderSize, type Sample, type Statistics } from '@vixen/host';
import type { Outcome } from '../client.ts';
import { button, el, svg } from '../dom.ts';
import type { Panel } from '../panels.ts';
import { row, table, View } from './view.ts';

const width = 400;
const height = 120;
const left = 4;

const milliseconds = (value: number) => (value < 1000 ? `${value.toFixed(1)} ms` : `${(value / 1000).toFixed(2)} s`);
const count = (value: number) => value.toLocaleString('en');

const figures: [label: string, of: (statistics: Statistics) => string][] = [
  ['Time', ({ elapsed }) => milliseconds(elapsed)],
  ['of it in the machine', ({ working }) => milliseconds(working)],
  ['of it collecting', ({ collecting, collections }) => `${milliseconds(collecting)} in ${count(collections)} collections`],
  ['Slices', ({ slices }) => count(slices)],
  ['Memory', ({ memory }) => renderSize(memory)],
  ['Memory that was written', ({ touched }) => renderSize(touched)],
  ['Expressions parsed', ({ expressions }) => count(expressions)],
  ['Thunks', ({ thunks }) => count(thunks)],
  ['Calls of functions', ({ calls }) => count(calls)],
  ['Calls of builtins', ({ builtinCalls }) => count(builtinCalls)],
  ['Selections', ({ lookups }) => count(lookups)],
  ['Sets, attributes in them', ({ sets, setValues }) => `${count(sets)}, ${count(setValues)}`],
  ['Updates (//), attributes copied', ({ updates, copiedValues }) => `${count(updates)}, ${count(copiedValues)}`],
  ['Lists joined, elements in lists', ({ concatenations, elements }) => `${count(concatenations)}, ${count(elements)}`],
  ['Environments, slots in them', ({ environments, environmentSlots }) => `${count(environments)}, ${count(environmentSlots)}`],
  ['Names', ({ symbols }) => count(symbols)],
];

/** Memory over time. */
function chart(samples: readonly Sample[]): SVGElement {
  const end = Math.max(1, samples.at(-1)?.at ?? 1);
  const most = Math.max(1, ...samples.map(({ memory }) => memory));
  const x = (at: number) => left + (at / end) * (width - left);
  const y = (memory: number) => height - 18 - (memory / most) * (height - 36);
  const line = [{ at: 0, memory: samples[0]?.memory ?? 0 }, ...samples].map(
    ({ at, memory }) => `${x(at).toFixed(1)},${y(memory).toFixed(1)}`,
  );
  const label = `Memory over time: up to ${renderSize(most)} in ${milliseconds(end)}`;
  return svg(
    'svg',
    { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
    svg('polyline', { class: 'axis', points: `${left},0 ${left},${height - 18} ${width},${height - 18}` }),
    svg('polyline', { class: 'course', points: line.join(' ') }),
    svg('text', { x: left + 4, y: 12 }, renderSize(most)),
    svg('text', { x: width, y: height - 4, 'text-anchor': 'end' }, milliseconds(end)),
  );
}

class CostsView extends View {
  protected async fill(outcome: Outcome) {
    const statistics = await this.client.call('statistics', {});
    if (!this.isShown(outcome)) return;
    const list = el('dl', { class: 'terms figures' });
    for (const [label, of] of figures) list.append(el('dt', {}, label), el('dd', {}, of(statistics)));
    const asked = Object.entries(statistics.requests).sort(([, a], [, b]) => b - a);
    const requests = table('What the machine asked for', ['Request', 'Times'], ...asked.map(([name, times]) => row(name, count(times))));
    const tools = el(
      'div',
      { class: 'panel-tools' },
      button('Refresh', () => this.again()),
    );
    this.element.replaceChildren(tools, chart(statistics.samples), list, ...(asked.length > 0 ? [requests.frame] : []));
  }
}

export const costsPanel: Panel = {
  id: 'costs',
  title: 'Time and memory',
  mount: (element, client) => new CostsView(element, client),
};
