// Tar archives for specs, with whatever headers a spec wants.
import { encodeText, joinBytes } from '@vixen/eval-core';

export interface TarMember {
  name: string;
  type?: string;
  contents?: string | Uint8Array;
  link?: string;
  mode?: number;
  /** What the header says of the size, if not the truth. */
  size?: string;
}

const block = 512;

function header({ name, type = '0', link = '', mode = 0o644, size }: TarMember, length: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number, most: number) => bytes.set(encodeText(text).subarray(0, most), at);
  put(name, 0, 100);
  put(`${mode.toString(8).padStart(7, '0')}\0`, 100, 8);
  put(size ?? `${length.toString(8).padStart(11, '0')}\0`, 124, 12);
  put(`${'0'.repeat(11)}\0`, 136, 12);
  put(`        ${type}`, 148, 9);
  put(link, 157, 100);
  put('ustar\x0000', 257, 8);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return bytes;
}

const padded = (bytes: Uint8Array) => joinBytes([bytes, new Uint8Array((block - (bytes.length % block)) % block)]);

export function makeTar(members: readonly TarMember[]): Uint8Array<ArrayBuffer> {
  const parts = members.flatMap((member) => {
    const { contents = '' } = member;
    const bytes = typeof contents === 'string' ? encodeText(contents) : contents;
    return [header(member, bytes.length), padded(bytes)];
  });
  return joinBytes([...parts, new Uint8Array(2 * block)]);
}

/** Records of an extended header. */
export function paxMember(records: Readonly<Record<string, string>>, type = 'x'): TarMember {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = encodeText(` ${key}=${value}\n`).length;
    let length = rest;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return { name: 'pax', type, contents: lines.join('') };
}

export const longName = `${'long-'.repeat(30)}name`;

/** What archives are made of, below one folder. */
export const plainMembers: readonly TarMember[] = [
  paxMember({ comment: '0123456789abcdef0123456789abcdef01234567' }, 'g'),
  { name: 'project-1.0/', type: '5', mode: 0o755 },
  { name: 'project-1.0/default.nix', contents: '{ answer = 42; }\n' },
  { name: 'project-1.0/run.sh', contents: '#!/bin/sh\n', mode: 0o755 },
  { name: './project-1.0/deep/er/file', contents: 'x'.repeat(1000) },
  { name: 'project-1.0/link', type: '2', link: '../outside' },
  { name: 'project-1.0/same', type: '1', link: 'project-1.0/run.sh' },
  paxMember({ path: `project-1.0/${longName}` }),
  { name: 'project-1.0/cut', contents: 'pax' },
  { name: '././@LongLink', type: 'L', contents: `project-1.0/gnu-${longName}\0` },
  { name: 'project-1.0/cut', contents: 'gnu' },
  { name: 'project-1.0/empty/', type: '5' },
];
