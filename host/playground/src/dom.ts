// Elements in one call. Text is always text: nothing here parses HTML.

type Child = Node | string;
type Listeners = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };

export interface Props {
  class?: string;
  id?: string;
  /** Attributes; `true` sets an empty one, `false` and undefined none. */
  attrs?: Record<string, string | number | boolean | undefined>;
  on?: Listeners;
}

/** An element with its attributes, listeners and children. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.id) element.id = props.id;
  setAttrs(element, props.attrs ?? {});
  for (const [name, listener] of Object.entries(props.on ?? {})) element.addEventListener(name, listener as EventListener);
  element.append(...children);
  return element;
}

export function setAttrs(element: Element, attrs: NonNullable<Props['attrs']>) {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** A button that does one thing. */
export function button(label: string, action: () => void, props: Props = {}): HTMLButtonElement {
  return el('button', { ...props, attrs: { type: 'button', ...props.attrs }, on: { ...props.on, click: action } }, label);
}

const svgSpace = 'http://www.w3.org/2000/svg';

/** An element of a drawing. */
export function svg(tag: string, attrs: NonNullable<Props['attrs']> = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS(svgSpace, tag);
  setAttrs(element, attrs);
  element.append(...children);
  return element;
}
