// The clipboard, where the browser gives it to this page (it does not without https); the text itself otherwise.
import { showText } from './dialog.ts';

/** Answers whether the text is in the clipboard; if not, it has been shown. */
export async function copyText(what: string, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    await showText(what, text);
    return false;
  }
}
