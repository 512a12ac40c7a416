// The value as Nix prints it: all of it where that is quick, its first level otherwise.
import { type Client, problemOf } from '../client.ts';
import { button, el } from '../dom.ts';
import type { Panel, PanelView } from '../panels.ts';
import type { Evaluated, Printed, PrintStyle } from '../protocol.ts';

// Milliseconds that printing everything may take without being asked for.
const quick = 250;
const styles: Record<PrintStyle, string> = { nix: 'Nix', json: 'JSON', xml: 'XML' };

class PrintedView implements PanelView {
  readonly #client: Client;
  readonly #text = el('pre', { class: 'value', attrs: { tabindex: 0, 'aria-label': 'Value' } });
  readonly #note = el('p', { class: 'note' });
  readonly #style = el('select', { attrs: { 'aria-label': 'Format' }, on: { change: () => void this.#print() } });
  #visible = false;
  /** The run whose value is shown. */
  #shown = 0;

  constructor(element: HTMLElement, client: Client) {
    this.#client = client;
    for (const [value, label] of Object.entries(styles)) this.#style.append(el('option', { attrs: { value } }, label));
    const copy = button('Copy', () => void navigator.clipboard.writeText(this.#text.textContent ?? ''));
    element.append(el('div', { class: 'panel-tools' }, this.#style, copy), this.#text, this.#note);
    client.on('ended', () => this.#visible && this.#refresh());
  }

  show() {
    this.#visible = true;
    this.#refresh();
  }

  hide() {
    this.#visible = false;
  }

  #refresh() {
    const value = this.#value();
    if (value?.run === this.#shown && value !== undefined) return;
    if (value) void this.#print();
    else if (this.#client.outcome) this.#tell('', '');
  }

  #value(): Evaluated | undefined {
    const { outcome } = this.#client;
    return outcome && 'value' in outcome ? outcome.value : undefined;
  }

  async #print(everything = false) {
    const value = this.#value();
    if (!value) return;
    const style = this.#style.value as PrintStyle;
    const ask = (all: boolean, within?: number) =>
      this.#client.call('print', { run: value.run, style, all, ...(within !== undefined && { within }) });
    this.#shown = value.run;
    try {
      const whole = await ask(true, everything || style !== 'nix' ? undefined : quick);
      const printed = whole ?? (await ask(false));
      if (this.#shown === value.run && printed) this.#tell(printed.text, noteOf(printed, whole !== undefined));
      if (!whole)
        this.#note.append(
          ' ',
          button('Print everything', () => void this.#print(true)),
        );
    } catch (error) {
      if (this.#shown === value.run) this.#tell('', problemOf(error).text);
    }
  }

  #tell(text: string, note: string) {
    this.#text.textContent = text;
    this.#note.textContent = note;
  }
}

function noteOf({ cut }: Printed, whole: boolean): string {
  if (cut) return 'The text goes on; this is its beginning.';
  return whole ? '' : 'The first level only: evaluating everything takes longer.';
}

export const printedPanel: Panel = {
  id: 'printed',
  title: 'Value',
  mount: (element, client) => new PrintedView(element, client),
};
