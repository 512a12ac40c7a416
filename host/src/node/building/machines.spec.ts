import fs from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fastFolder } from '../../../../store/src/testing/fast-folder.ts';
import { parseMachines } from './machines.ts';

const folder = fastFolder('vixen-machines-');
afterAll(() => fs.rmSync(folder, { recursive: true }));

const parse = (text: string) => {
  const warnings: string[] = [];
  return { machines: parseMachines(text, 'x86_64-linux', (text) => warnings.push(text)), warnings };
};

test('fields and their defaults; the fastest is first', () => {
  const { machines } = parse('grpc+http://a:1 ; grpc+unix:///b i686-linux,x86_64-linux - 4 2.5 kvm,x big # words\n\n#grpc+http://no');
  expect(machines).toEqual([
    {
      url: 'grpc+unix:///b',
      systems: ['i686-linux', 'x86_64-linux'],
      slots: 4,
      speed: 2.5,
      features: ['kvm', 'x', 'big'],
      mandatory: ['big'],
    },
    { url: 'grpc+http://a:1', systems: ['x86_64-linux'], slots: 1, speed: 1, features: [], mandatory: [] },
  ]);
});

test('files, those that are not there, and builders of other kinds', () => {
  const file = path.join(folder, 'machines');
  fs.writeFileSync(file, 'grpc+https://a - - 3\nssh-ng://b\n');
  const { machines, warnings } = parse(`@${file}\n@${folder}/none`);
  expect(machines.map(({ url, slots }) => [url, slots])).toEqual([['grpc+https://a', 3]]);
  expect(warnings).toEqual([expect.stringContaining('ssh-ng://b')]);
});

test('what is no number is refused', () => {
  expect(() => parse('grpc+http://a - - many')).toThrow("the number of jobs 'many'");
});
