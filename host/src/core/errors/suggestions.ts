// Names that were perhaps meant (libutil/suggestions.cc).
import type { Suggestion } from '@vixen/eval-core';
import { ansi, filterEscapes } from './ansi.ts';

const mostShown = 5;
const farthest = 2;

/** Levenshtein's distance, by two rows of the matrix. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const substitution = previous[j]! + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(previous[j + 1]! + 1, row[j]! + 1, substitution));
    }
    previous = row;
  }
  return previous[b.length]!;
}

/** All names with their distances from what was asked for, nearest first. */
export function bestMatches(names: Iterable<string>, asked: string): Suggestion[] {
  return [...names].map((text) => ({ distance: editDistance(asked, text), text })).sort(order);
}

const order = (a: Suggestion, b: Suggestion) => a.distance - b.distance || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);

/** The nearest of them. */
export function nearest(suggestions: readonly Suggestion[]): Suggestion[] {
  const sorted = [...suggestions].sort(order);
  return sorted.filter(({ distance }) => distance <= farthest).slice(0, mostShown);
}

/** `Did you mean one of a, b or c?` with a line end, or nothing. */
export function didYouMean(suggestions: readonly Suggestion[]): string {
  const shown = nearest(suggestions).map(({ text }) => `${ansi.magenta}${filterEscapes(text, false)}${ansi.normal}`);
  const last = shown.pop();
  if (last === undefined) return '';
  return `Did you mean ${shown.length > 0 ? `one of ${shown.join(', ')} or ` : ''}${last}?\n`;
}
