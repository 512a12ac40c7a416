// A tree that grows where it is opened (the ARIA pattern): arrow keys move, open and close; one item is in the tab order.
import { el, setAttrs } from '../dom.ts';

export interface TreeSource<T> {
  /** What stands in the item's line. */
  line(item: T): Node[];
  /** Whether there is, or may be, something in it. */
  opens(item: T): boolean;
  /** Called before the children of an item are asked for the first time: gives the item as it is then. */
  open?(item: T): Promise<T>;
  /** A page of what is in it. */
  children(item: T, from: number): Promise<{ items: T[]; total: number }>;
  /** The item was chosen, by key or pointer; `acted`: by Enter or a click. */
  chosen?(item: T, acted: boolean): void;
}

interface Item<T> {
  value: T;
  readonly parent: Item<T> | undefined;
  /** The line, and what is below. */
  readonly element: HTMLElement;
  readonly line: HTMLElement;
  readonly below: HTMLElement;
  readonly level: number;
  children: Item<T>[];
  total: number;
  isOpen: boolean;
  isLoaded: boolean;
}

/** A line that stands for a page that has not come yet. */
interface More<T> {
  readonly parent: Item<T>;
  readonly line: HTMLElement;
}

type Line<T> = Item<T> | More<T>;

const isItem = <T>(line: Line<T>): line is Item<T> => 'below' in line;

export class Tree<T> {
  readonly element: HTMLElement;
  readonly #source: TreeSource<T>;
  readonly #lines = new WeakMap<Element, Line<T>>();
  readonly #mores = new Map<Item<T>, More<T>>();
  #roots: Item<T>[] = [];
  #current: Line<T> | undefined;

  constructor(label: string, source: TreeSource<T>) {
    this.#source = source;
    this.element = el('div', { class: 'tree', attrs: { role: 'tree', 'aria-label': label } });
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('click', (event) => this.#click(event));
  }

  /** Shows these roots. */
  set(values: readonly T[]) {
    this.#mores.clear();
    this.#roots = values.map((value, i) => this.#item(value, undefined, i, values.length));
    this.element.replaceChildren(...this.#roots.map(({ element }) => element));
    this.#current = undefined;
    const [first] = this.#roots;
    if (first) this.#choose(first, false);
  }

  get current(): T | undefined {
    return this.#current && isItem(this.#current) ? this.#current.value : undefined;
  }

  /** Opens the first root. */
  async openRoot(): Promise<void> {
    const [first] = this.#roots;
    if (first) await this.#open(first);
  }

  /** Opens the way from the root to an item, given by its index at each level, and chooses it. */
  async reach(indices: readonly number[]): Promise<void> {
    let item = this.#roots[0];
    for (const index of indices) {
      if (!item) return;
      await this.#open(item);
      while (item.children.length <= index && item.children.length < item.total) await this.#more(item);
      item = item.children[index];
    }
    if (!item) return;
    this.#choose(item, false);
    item.line.scrollIntoView({ block: 'nearest' });
  }

  #line(level: number, position: number, total: number): HTMLElement {
    const places = { 'aria-level': level, 'aria-posinset': position, 'aria-setsize': total };
    const line = el('div', { class: 'tree-line', attrs: { role: 'treeitem', tabindex: -1, 'aria-selected': 'false', ...places } });
    line.style.setProperty('--level', String(level - 1));
    return line;
  }

  #item(value: T, parent: Item<T> | undefined, index: number, total: number): Item<T> {
    const level = parent ? parent.level + 1 : 1;
    const line = this.#line(level, index + 1, total);
    const below = el('div', { attrs: { role: 'none', hidden: true } });
    const element = el('div', { attrs: { role: 'none' } }, line, below);
    const item: Item<T> = { value, parent, element, line, below, level, children: [], total: 0, isOpen: false, isLoaded: false };
    this.#lines.set(line, item);
    this.#draw(item);
    return item;
  }

  #draw(item: Item<T>) {
    const opens = this.#source.opens(item.value);
    const mark = el('span', { class: 'tree-mark', attrs: { 'aria-hidden': 'true' } }, opens ? (item.isOpen ? '▾' : '▸') : '');
    item.line.replaceChildren(mark, ...this.#source.line(item.value));
    setAttrs(item.line, { 'aria-expanded': opens ? String(item.isOpen) : undefined });
    item.below.hidden = !item.isOpen;
  }

  #choose(line: Line<T>, acted: boolean, focus = false) {
    if (this.#current && this.#current !== line) setAttrs(this.#current.line, { tabindex: -1, 'aria-selected': 'false' });
    this.#current = line;
    setAttrs(line.line, { tabindex: 0, 'aria-selected': 'true' });
    if (focus) line.line.focus();
    if (isItem(line)) this.#source.chosen?.(line.value, acted);
  }

  async #open(item: Item<T>): Promise<void> {
    if (item.isOpen || !this.#source.opens(item.value)) return;
    setAttrs(item.line, { 'aria-busy': 'true' });
    try {
      if (this.#source.open) item.value = await this.#source.open(item.value);
      if (this.#source.opens(item.value)) {
        if (!item.isLoaded) await this.#more(item);
        item.isOpen = item.total > 0;
      }
    } finally {
      setAttrs(item.line, { 'aria-busy': undefined });
      this.#draw(item);
    }
    if (this.#current === item) this.#source.chosen?.(item.value, false);
  }

  #close(item: Item<T>) {
    item.isOpen = false;
    this.#draw(item);
  }

  /** The next page of children. */
  async #more(item: Item<T>): Promise<void> {
    const from = item.children.length;
    const { items, total } = await this.#source.children(item.value, from);
    // Two who asked for the same page at once get it once.
    if (item.children.length !== from) return;
    item.total = total;
    item.isLoaded = true;
    const added = items.map((value, i) => this.#item(value, item, from + i, total));
    item.children.push(...added);
    this.#mores.get(item)?.line.remove();
    this.#mores.delete(item);
    item.below.append(...added.map(({ element }) => element));
    const left = total - item.children.length;
    if (left > 0 && items.length > 0) item.below.append(this.#moreLine(item, left).line);
  }

  #moreLine(parent: Item<T>, left: number): More<T> {
    const line = this.#line(parent.level + 1, parent.children.length + 1, parent.total);
    line.append(el('span', { class: 'tree-mark', attrs: { 'aria-hidden': 'true' } }, '…'), `${left} more`);
    const more = { parent, line };
    this.#lines.set(line, more);
    this.#mores.set(parent, more);
    return more;
  }

  /** Replaces the line for more by what it stands for. */
  async #unfold({ parent }: More<T>) {
    const { length } = parent.children;
    await this.#more(parent);
    const first = parent.children[length];
    if (first) this.#choose(first, false, true);
  }

  #lineAt(target: EventTarget | null): Line<T> | undefined {
    const element = target instanceof Element ? target.closest('[role=treeitem]') : null;
    return element ? this.#lines.get(element) : undefined;
  }

  #click(event: MouseEvent) {
    const line = this.#lineAt(event.target);
    if (!line) return;
    if (!isItem(line)) return void this.#unfold(line);
    line.line.focus();
    this.#choose(line, true);
    if (line.isOpen) this.#close(line);
    else void this.#open(line);
  }

  /** What is to be seen, from top to bottom. */
  #visible(): Line<T>[] {
    const found: Line<T>[] = [];
    const todo: Line<T>[] = [...this.#roots].reverse();
    for (let line = todo.pop(); line; line = todo.pop()) {
      found.push(line);
      if (!isItem(line) || !line.isOpen) continue;
      const more = this.#mores.get(line);
      if (more) todo.push(more);
      for (let i = line.children.length - 1; i >= 0; i--) todo.push(line.children[i]!);
    }
    return found;
  }

  #step(line: Line<T>, by: number) {
    const visible = this.#visible();
    const next = visible[visible.indexOf(line) + by];
    if (next) this.#choose(next, false, true);
  }

  #opened(line: Line<T>) {
    void (isItem(line) ? this.#open(line) : this.#unfold(line));
  }

  readonly #keys: Record<string, (line: Line<T>) => void> = {
    ArrowDown: (line) => this.#step(line, 1),
    ArrowUp: (line) => this.#step(line, -1),
    ArrowRight: (line) => {
      const first = isItem(line) && line.isOpen ? line.children[0] : undefined;
      if (first) this.#choose(first, false, true);
      else this.#opened(line);
    },
    ArrowLeft: (line) => {
      if (isItem(line) && line.isOpen) this.#close(line);
      else if (line.parent) this.#choose(line.parent, false, true);
    },
    Home: () => {
      const [first] = this.#roots;
      if (first) this.#choose(first, false, true);
    },
    End: () => {
      const last = this.#visible().at(-1);
      if (last) this.#choose(last, false, true);
    },
    Enter: (line) => {
      this.#opened(line);
      if (isItem(line)) this.#source.chosen?.(line.value, true);
    },
    ' ': (line) => {
      if (isItem(line) && line.isOpen) this.#close(line);
      else this.#opened(line);
    },
  };

  #key(event: KeyboardEvent) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const line = this.#lineAt(event.target);
    const act = this.#keys[event.key];
    if (!line || !act) return;
    event.preventDefault();
    act(line);
  }
}
