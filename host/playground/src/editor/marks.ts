// What is underlined in a file.
import type { Check, Place, Range } from '@vixen/host';
import type { Outcome } from '../client.ts';

export interface Mark {
  severity: 'error' | 'warning';
  message: string;
  range: Range | undefined;
}

const mark = (severity: Mark['severity'], message: string, place: Place | undefined, path: string): Mark[] =>
  place?.file === path ? [{ severity, message, range: place.range }] : [];

export function marksOfCheck({ problems, warnings }: Check, path: string): Mark[] {
  return [
    ...problems.flatMap(({ message, place }) => mark('error', message, place, path)),
    ...warnings.flatMap(({ message, place }) => mark('warning', message, place, path)),
  ];
}

/** An error is underlined where it is, or at the innermost place of its trace that is in the file. */
export function marksOfOutcome(outcome: Outcome, path: string): Mark[] {
  if ('evaluation' in outcome) return marksOfCheck({ problems: [], warnings: outcome.evaluation.warnings }, path);
  const { message, place, trace } = outcome.problem;
  const inFile = place?.file === path ? place : trace.findLast((line) => line.place?.file === path)?.place;
  return mark('error', message, inFile, path);
}
