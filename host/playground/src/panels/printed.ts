// The value as Nix prints it: all of it where that is quick, its first level otherwise.
import type { CopyFormat, ValueId } from '@vixen/host';
import type { Client } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel, PanelView } from '../panels.ts';
import { problemOf } from '../problems.ts';
import { copyText } from '../ui/clipboard.ts';

// Milliseconds that printing everything may take without being asked for.
const quick = 250;
// A page shows no more at once, and nobody reads it.
const longest = 100_000;
const formats: Partial<Record<CopyFormat, string>> = { pretty: 'Nix', json: 'JSON', xml: 'XML' };

class PrintedView implements PanelView {
  readonly #client: Client;
  readonly #text = el('pre', { class: 'value', attrs: { tabindex: 0, role: 'region', 'aria-label': 'Printed value' } });
  readonly #note = el('p', { class: 'note' });
  readonly #format = el('select', { attrs: { 'aria-label': 'Format' }, on: { change: () => void this.#print() } });
  #visible = false;
  /** The value that is shown. */
  #shown: ValueId | undefined;

  constructor(element: HTMLElement, client: Client) {
    this.#client = client;
    for (const [value, label] of Object.entries(formats)) this.#format.append(el('option', { attrs: { value } }, label));
    const copy = button('Copy', () => void copyText('The value', this.#text.textContent ?? ''));
    element.append(el('div', { class: 'panel-tools' }, this.#format, copy), this.#text, this.#note);
    client.on('ended', () => this.#visible && this.show());
  }

  show() {
    this.#visible = true;
    const id = this.#value();
    if (id !== undefined && id === this.#shown) return;
    if (id !== undefined) void this.#print();
    else if (this.#client.outcome) this.#tell('', '');
  }

  hide() {
    this.#visible = false;
  }

  #value(): ValueId | undefined {
    const { outcome } = this.#client;
    return outcome && 'evaluation' in outcome ? outcome.evaluation.value.id : undefined;
  }

  async #print(patiently = false) {
    const id = this.#value();
    if (id === undefined) return;
    this.#shown = id;
    const format = this.#format.value as CopyFormat;
    const isHasty = format === 'pretty' && !patiently;
    const ask = (wanted: CopyFormat, signal?: AbortSignal) => this.#client.call('copy', { id, format: wanted }, signal);
    try {
      const whole = await ask(format, isHasty ? AbortSignal.timeout(quick) : undefined).catch(unlessHasty(isHasty));
      const text = whole ?? (await ask('shallow'));
      if (this.#shown !== id) return;
      this.#tell(text.slice(0, longest), noteOf(text, whole !== undefined));
      if (whole === undefined)
        this.#note.append(
          ' ',
          button('Print everything', () => void this.#print(true)),
        );
    } catch (error) {
      if (this.#shown === id) this.#tell('', problemOf(error).rendered);
    }
  }

  #tell(text: string, note: string) {
    this.#text.textContent = text;
    this.#note.textContent = note;
  }
}

/** What took too long is asked for in another way; other failures are failures. */
function unlessHasty(isHasty: boolean) {
  return (error: unknown) => {
    if (isHasty && problemOf(error).kind === 'cancelled') return undefined;
    throw error;
  };
}

function noteOf(text: string, isWhole: boolean): string {
  if (text.length > longest) return 'The text goes on; this is its beginning.';
  return isWhole ? '' : 'The first level only: evaluating everything takes longer.';
}

export const printedPanel: Panel = {
  id: 'printed',
  title: 'Printed',
  mount: (element, client) => new PrintedView(element, client),
};
