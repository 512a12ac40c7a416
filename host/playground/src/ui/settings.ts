// The settings, in a dialog.
import { button, el } from '../dom.ts';
import { limitRanges, type Preferences } from '../state/preferences.ts';
import { showDialog } from './dialog.ts';

const themes: [Preferences['theme'], string][] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

const keys: [keys: string, what: string][] = [
  ['Ctrl-Enter', 'evaluate'],
  ['Ctrl-Space', 'complete'],
  ['Ctrl-F', 'search and replace'],
  ['Ctrl-/', 'comment'],
  ['Ctrl-S', 'keep at once (everything is kept anyway)'],
  ['F8', 'go to the next problem'],
  ['Escape, then Tab', 'leave the editor (Tab alone indents)'],
  ['Arrow keys on a tab', 'go to another file or view'],
  ['F2, Delete on a file', 'rename, delete'],
];

const row = (label: string, input: HTMLElement) => el('label', { class: 'setting' }, el('span', {}, label), input);

/** Shows the settings; `changed` is told of each change at once. */
export async function showSettings(preferences: Preferences, changed: () => void): Promise<void> {
  const number = (name: keyof typeof limitRanges) => {
    const { min, max } = limitRanges[name];
    const input = el('input', { attrs: { type: 'number', min, max, value: preferences.limits[name] } });
    input.addEventListener('change', () => {
      if (!input.checkValidity() || input.value === '') return;
      preferences.limits = { ...preferences.limits, [name]: input.valueAsNumber };
      changed();
    });
    return input;
  };
  const live = el('input', { attrs: { type: 'checkbox', checked: preferences.live } });
  live.addEventListener('change', () => {
    preferences.live = live.checked;
    changed();
  });
  const theme = el('select', {}, ...themes.map(([value, label]) => el('option', { attrs: { value } }, label)));
  theme.value = preferences.theme;
  theme.addEventListener('change', () => {
    preferences.theme = theme.value as Preferences['theme'];
    changed();
  });
  const { dialog, closed } = showDialog(
    'Settings',
    row('Evaluate while writing', live),
    row('Time limit, seconds', number('time')),
    row('Memory limit, MiB', number('memory')),
    row('Colours', theme),
    el('h3', {}, 'Keys'),
    el('dl', { class: 'keys' }, ...keys.flatMap(([key, what]) => [el('dt', {}, key), el('dd', {}, what)])),
    el(
      'div',
      { class: 'dialog-buttons' },
      button('Close', () => dialog.close(''), { class: 'primary' }),
    ),
  );
  await closed;
}
