// Names of files as the page shows them, below the folder in which they lie for evaluation.

/** The folder of the page's files, as Nix sees it (worker/files.ts). */
export const workFolder = '/work';

export const absolute = (name: string) => `${workFolder}/${name}`;

/** The name of a file by its path; undefined for a path elsewhere. */
export function nameOf(path: string): string | undefined {
  return path.startsWith(`${workFolder}/`) ? path.slice(workFolder.length + 1) : undefined;
}

const longestName = 200;

/** What is wrong with a name for a file; undefined where nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'A file needs a name.';
  if (name.length > longestName) return `A name may have ${longestName} characters.`;
  const parts = name.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'Folders in a name are separated by single slashes; . and .. are none.';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\x00-\x1f\x7f\\]/.test(name)) return 'A name has no backslashes and no control characters.';
  return undefined;
}
