// Results as a Markdown table: medians, and the ratio of the first runner to the second.
import type { Sample } from '../measure.ts';
import type { Result } from '../race.ts';

const seconds = (value: number) => (value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(2)} s`);
const megabytes = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value / 1e6)} MB`);

function ratio(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined || b === 0 ? '–' : `${(a / b).toFixed(2)} ×`;
}

function cells(a: Sample | undefined, b: Sample | undefined): string[] {
  if (!a) return [];
  const figures = [seconds(a.wall), seconds(a.cpu), megabytes(a.memory)];
  if (!b) return figures;
  const others = [seconds(b.wall), seconds(b.cpu), megabytes(b.memory)];
  const ratios = [ratio(a.wall, b.wall), ratio(a.cpu, b.cpu), ratio(a.memory, b.memory)];
  return figures.flatMap((figure, index) => [figure, others[index] ?? '', ratios[index] ?? '']);
}

/** The header, once, for runners of these names. */
export function header(names: string[]): string {
  const columns = ['wall', 'CPU', 'memory'].flatMap((what) => {
    const each = names.map((name) => `${name} ${what}`);
    return names.length > 1 ? [...each, 'ratio'] : each;
  });
  return `| workload | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:|').join('')}`;
}

/** One result as a line of the table. */
export function row(result: Result): string {
  if (result.problem) return `| ${result.workload} | ${result.problem.replaceAll('|', '\\|')} |`;
  return `| ${[result.workload, ...cells(result.runners[0]?.median, result.runners[1]?.median)].join(' | ')} |`;
}
