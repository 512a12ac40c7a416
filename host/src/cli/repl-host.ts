// What a repl needs from outside, on the command line.
import { spawnSync } from 'node:child_process';
import type { Handle } from '@vixen/eval-core';
import { StoreError } from '@vixen/store';
import { withoutColours } from '../core/errors/ansi.ts';
import { resolveImport } from '../core/files/paths.ts';
import type { ReplBuilds, ReplHost } from '../repl/repl.ts';
import { type Evaluation, lookupFile } from './evaluation.ts';
import { evalFlake } from './flakes.ts';
import { log, writeOut } from './output.ts';

/** Columns that text is filled to where there is no terminal, or a narrower one. */
const leastWidth = 60;

interface BuiltinDoc {
  name: string;
  doc: string;
}

/** Documentation of the builtins, by name. */
export async function documentation(): Promise<Map<string, string>> {
  const { default: docs } = await import('../../../eval-core/assembly/gen/builtins.json');
  return new Map((docs as BuiltinDoc[]).map(({ name, doc }) => [name, doc]));
}

async function edit(file: string, line: number) {
  const [editor = 'nano', ...args] = (process.env.VISUAL ?? process.env.EDITOR ?? 'nano').split(' ');
  const atLine = line > 0 && /emacs|nano|vim|kak/.test(editor) ? [`+${line}`] : [];
  spawnSync(editor, [...args, ...atLine, file], { stdio: 'inherit' });
}

/** What a repl gets from the command line. */
export function replHost(evaluation: Evaluation, docs: Map<string, string>): ReplHost {
  const { session } = evaluation;
  return {
    print: (text) => writeOut(`${process.stdout.isTTY ? text : withoutColours(text)}\n`),
    notice: log,
    loadFile: async (name): Promise<Handle> => session.evalFile(resolveImport(session.io.files, await lookupFile(evaluation, name))),
    loadFlake: (reference) => evalFlake(evaluation, reference),
    documentation: (name) => docs.get(name),
    width: () => Math.max(process.stdout.columns ?? 0, leastWidth),
    edit,
    builds: replBuilds(evaluation),
  };
}

function replBuilds({ store, building }: Evaluation): ReplBuilds {
  return {
    async build(drvPath, link) {
      await store.flush();
      const made = await building.realise([{ drvPath, outputs: '*' }]);
      const linked = async (output: string, place: string) => {
        const { addPermanentRoot } = await import('../node/out-links.ts');
        await addPermanentRoot(await store.store(), place, `repl-result-${output}`);
        return `./repl-result-${output}`;
      };
      const shown: { name: string; path: string }[] = [];
      for (const { output = 'out', path } of made) shown.push({ name: link ? await linked(output, path) : output, path });
      return shown;
    },
    async log(drvPath) {
      const { printLog } = await import('./building/log.ts');
      if (!(await printLog(await store.store(), drvPath))) throw new StoreError('not-found', `build log of '${drvPath}' is not available`);
    },
    async shell(drvPath) {
      await store.flush();
      // A process of its own: it has the terminal for itself.
      spawnSync(process.execPath, [process.argv[1]!, 'nix-shell', drvPath, '--store', (await store.store()).url], { stdio: 'inherit' });
    },
  };
}
