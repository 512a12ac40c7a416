// Questions to the reader, as modal dialogs.
import { button, el } from '../dom.ts';

/** Shows a dialog until it is closed; comes back with the value it was closed with, '' where it was left. */
export function showDialog(title: string, ...content: (Node | string)[]): { dialog: HTMLDialogElement; closed: Promise<string> } {
  const heading = el('h2', {}, title);
  const dialog = el('dialog', { class: 'dialog', attrs: { 'aria-label': title } }, heading, ...content);
  document.body.append(dialog);
  const closed = new Promise<string>((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  dialog.showModal();
  return { dialog, closed };
}

const confirmed = 'yes';

/** Asks for a line of text; `check` says what is wrong with one. Undefined where the dialog was left. */
export async function askText(title: string, value: string, check: (text: string) => string | undefined): Promise<string | undefined> {
  const input = el('input', { attrs: { type: 'text', 'aria-label': title, value, autocomplete: 'off', spellcheck: 'false' } });
  const complaint = el('p', { class: 'complaint', attrs: { role: 'alert' } });
  const accept = () => {
    complaint.textContent = check(input.value) ?? '';
    if (complaint.textContent === '') dialog.close(confirmed);
    else input.focus();
  };
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    // Otherwise the key would also press the button that gets the focus back.
    event.preventDefault();
    accept();
  });
  const buttons = el(
    'div',
    { class: 'dialog-buttons' },
    button('OK', accept, { class: 'primary' }),
    button('Leave it', () => dialog.close('')),
  );
  const { dialog, closed } = showDialog(title, input, complaint, buttons);
  input.select();
  return (await closed) === confirmed ? input.value : undefined;
}

/** Asks whether to do something. */
export async function askWhether(title: string, text: string, action: string): Promise<boolean> {
  const yes = button(action, () => dialog.close(confirmed), { class: 'danger' });
  const no = button('Leave it', () => dialog.close(''));
  const { dialog, closed } = showDialog(title, el('p', {}, text), el('div', { class: 'dialog-buttons' }, yes, no));
  no.focus();
  return (await closed) === confirmed;
}

/** Shows a text to be copied by hand. */
export async function showText(title: string, text: string): Promise<void> {
  const area = el('textarea', { attrs: { readonly: true, rows: 6, 'aria-label': title } });
  area.value = text;
  const { dialog, closed } = showDialog(
    title,
    area,
    el(
      'div',
      { class: 'dialog-buttons' },
      button('OK', () => dialog.close('')),
    ),
  );
  area.select();
  await closed;
}

/** Says something that has to be seen. */
export async function tell(title: string, text: string): Promise<void> {
  const { dialog, closed } = showDialog(
    title,
    el('p', {}, text),
    el(
      'div',
      { class: 'dialog-buttons' },
      button('OK', () => dialog.close('')),
    ),
  );
  await closed;
}
