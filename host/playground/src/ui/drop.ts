// Files and folders that are dropped anywhere on the page.
import { type Incoming, readDropped } from '../state/intake.ts';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

export function acceptDrops(target: HTMLElement, take: (files: Promise<Incoming[]>) => void) {
  const mark = (isOver: boolean) => target.classList.toggle('dropping', isOver);
  target.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(true);
  });
  target.addEventListener('dragleave', (event) => {
    if (!target.contains(event.relatedTarget as Node | null)) mark(false);
  });
  // Before the editor, which would take the text of a dropped file.
  target.addEventListener(
    'drop',
    (event) => {
      mark(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      take(readDropped(event.dataTransfer!.items));
    },
    { capture: true },
  );
}
