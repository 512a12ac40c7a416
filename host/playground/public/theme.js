// The chosen theme, before anything is painted (src/ui/theme.ts).
try {
  const { theme } = JSON.parse(localStorage.getItem('vixen-playground-preferences') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
} catch {
  // Nothing is kept here: the system's theme it is.
}
