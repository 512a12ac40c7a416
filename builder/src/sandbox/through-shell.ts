/** Commands whose arguments are not UTF-8, which a runtime cannot pass: a shell's script does. */
import fs from 'node:fs';
import path from 'node:path';
import { shellWord } from './arguments.ts';
import { util } from './view.ts';

export function throughShell(command: readonly string[], folder: string): readonly string[] {
  const script = path.join(folder, 'launch');
  fs.writeFileSync(script, `exec ${command.map(shellWord).join(' ')}\n`);
  return [util('sh'), script];
}
