import type { Flag } from './flags.ts';

export interface HelpPage {
  usage: string[];
  about: string;
  flags: Flag[];
  examples: string[];
}

const column = 34;

function flagLine({ names, labels = [], help }: Flag): string {
  const left = `  ${names.join(', ')}${labels.map((label) => ` ${label.toUpperCase()}`).join('')}`;
  return left.length < column ? left.padEnd(column) + help : `${left}\n${' '.repeat(column)}${help}`;
}

/** The text of `--help`. */
export function helpText({ usage, about, flags, examples }: HelpPage): string {
  const shown = flags.filter(({ names, help }) => names.length > 0 && help !== '');
  const parts = [
    usage.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${line}`).join('\n'),
    about,
    `Flags:\n${shown.map(flagLine).join('\n')}\n${' '.repeat(2)}${'--NAME VALUE, --[no-]NAME'.padEnd(column - 2)}any setting of nix.conf`,
    `Examples:\n${examples.map((line) => `  ${line}`).join('\n')}`,
  ];
  return `${parts.join('\n\n')}\n`;
}
