// Light and dark: what the system says, unless the reader has chosen. (public/theme.js does it before the first paint.)
import type { Preferences } from '../state/preferences.ts';

export function applyTheme(theme: Preferences['theme']) {
  if (theme === 'system') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme);
}

/** What is shown now. */
export function isDark(theme: Preferences['theme']): boolean {
  return theme === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
}
