/**
 * A text without the given characters at its end. A regular expression (`/\r+$/`) begins anew at each of them: for 64 KiB of carriage returns with a letter behind
 * them, as a build may write them, that takes seconds.
 */
export function trimEndOf(text: string, character: string): string {
  let end = text.length;
  while (text[end - 1] === character) end--;
  return text.slice(0, end);
}
