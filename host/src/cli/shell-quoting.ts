/** One word of a POSIX shell, whatever it holds. */
export const quoteShell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
