// `vixen link DIR`: links by which the drop-in commands can be called by their old names.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderReport } from '../../core/errors/render.ts';
import { systemErrorText } from '../../node/system-error.ts';
import { dropInNames } from '../drop-ins.ts';
import { writeErr, writeOut } from '../output.ts';

const help = `Usage: vixen link DIR

Makes links of the drop-in commands (${dropInNames.join(', ')}) in a folder; put it before others on your PATH.

Example:
  vixen link ~/.local/bin
`;

/** Makes a link, in the place of an older one; a file that is no link is not touched. */
function link(target: string, place: string) {
  if (fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) fs.rmSync(place);
  fs.symlinkSync(target, place);
}

/** The program to call: the launcher beside the bundle, or what was called. */
function launcher(): string {
  const beside = fileURLToPath(new URL('../bin/vixen.cjs', import.meta.url));
  return fs.existsSync(beside) ? beside : fs.realpathSync(process.argv[1]!);
}

export async function linkCommand(args: string[]): Promise<number> {
  const [folder] = args;
  if (folder === undefined || args.length > 1 || folder.startsWith('-')) {
    const asked = folder === '--help' || folder === '-h';
    (asked ? writeOut : writeErr)(help);
    return asked ? 0 : 1;
  }
  try {
    fs.mkdirSync(folder, { recursive: true });
    for (const name of dropInNames) {
      link(launcher(), path.join(folder, name));
      writeOut(`${path.join(folder, name)}\n`);
    }
    return 0;
  } catch (error) {
    const marked = `cannot make links in '${folder}': ${systemErrorText(error)}`;
    writeErr(`${renderReport({ marked }, { showTrace: false, colour: false, readSource: () => undefined })}\n`);
    return 1;
  }
}
