// How builds are shown.

import type { Settings } from '../../core/config/settings.ts';
import { colourMarks } from '../../core/errors/ansi.ts';
import { renderReport } from '../../core/errors/render.ts';
import type { BuildDisplay, ProgressEvent } from '../../node/building/index.ts';
import { log, writeErr } from '../output.ts';
import type { Building } from './building.ts';

/** Lines, as Nix prints them where stderr is no terminal. */
class PlainDisplay implements BuildDisplay {
  readonly printsLogs: boolean;

  constructor(printsLogs: boolean) {
    this.printsLogs = printsLogs;
  }

  event(event: ProgressEvent) {
    if (event.type === 'build-started') log(`${event.mode === 'check' ? 'checking outputs of' : 'building'} '${event.drvPath}'...`);
    else if (event.type === 'copy-started') log(`copying path '${event.path}' from '${event.from}'...`);
    else if (event.type === 'build-log' && this.printsLogs) writeErr(Buffer.from(event.bytes).toString());
    else if (event.type === 'message') this.#say(event);
  }

  #say({ level, text }: ProgressEvent & { type: 'message' }) {
    if (level === 'info') return log(colourMarks(text));
    const report = { showTrace: false, colour: true, readSource: () => undefined };
    log(renderReport({ marked: text }, level === 'warn' ? { ...report, level: 'warning' } : report));
  }

  end() {}
}

export async function buildDisplay(building: Building, _settings: Settings): Promise<BuildDisplay> {
  return new PlainDisplay(building.logs === true);
}
