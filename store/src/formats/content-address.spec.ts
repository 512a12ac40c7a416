import { StoreDir } from '@vixen/wasm';
import { expect, test } from 'vitest';
import { nativeHashers } from '../hashing.ts';
import {
  formatContentAddress,
  formatMethodWithAlgo,
  isContentAddressed,
  parseContentAddress,
  parseMethodWithAlgo,
  parseOutputMethod,
  pathOfContentAddress,
} from './content-address.ts';

const directory = new StoreDir(nativeHashers);
const hash = '1w1fff338fvdw53sqgamddn1b2xgds473pv6y13gizdbqjv4i5p3';

test.each([`text:sha256:${hash}`, `fixed:sha256:${hash}`, `fixed:r:sha256:${hash}`, 'fixed:git:sha1:00000000000000000000000000000000'])(
  'reading and writing %s',
  (text) => {
    expect(formatContentAddress(parseContentAddress(text))).toBe(text);
  },
);

test('a hash in base 16 is written in base 32', () => {
  const base16 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(formatContentAddress(parseContentAddress(`fixed:r:sha256:${base16}`))).toBe(
    'fixed:r:sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
  );
});

test.each([
  ['nothing', 'not a content address because it is not in the form'],
  ['fixed:', "content address hash must be in form '<algo>:<hash>'"],
  ['fixed:r:sha256', "content address hash must be in form '<algo>:<hash>'"],
  ['fixed:r:sha3:x', "unknown hash algorithm 'sha3'"],
  [`fixed:r:sha256:${hash}0`, 'wrong length'],
  [`fixed:sha256:sha256:${hash}`, 'wrong length'],
  ['flat:sha256:x', "content address prefix 'flat' is unrecognized"],
])('%s is refused', (text, message) => {
  expect(() => parseContentAddress(text)).toThrow(message);
});

test('methods by themselves', () => {
  expect(parseMethodWithAlgo('fixed:r:sha256')).toEqual({ method: 'nar', algo: 'sha256' });
  expect(formatMethodWithAlgo('flat', 'sha1')).toBe('fixed:sha1');
  expect(parseOutputMethod('r:sha512')).toEqual({ method: 'nar', algo: 'sha512' });
  expect(parseOutputMethod('text:sha256')).toEqual({ method: 'text', algo: 'sha256' });
  expect(parseOutputMethod('md5')).toEqual({ method: 'flat', algo: 'md5' });
});

test('a path is made by its content address, its name and its references, or is not', () => {
  const address = parseContentAddress(`fixed:r:sha256:${hash}`);
  const other = pathOfContentAddress(directory, 'other', address);
  const path = pathOfContentAddress(directory, 'name', address, [other], true);
  const info = { path, ca: formatContentAddress(address), references: [path, other].sort() };
  expect(isContentAddressed(directory, info)).toBe(true);
  expect(isContentAddressed(directory, { ...info, references: [other] })).toBe(false);
  expect(isContentAddressed(directory, { ...info, path: other })).toBe(false);
  expect(isContentAddressed(directory, { path, references: [] })).toBe(false);
  expect(isContentAddressed(directory, { ...info, ca: `text:sha256:${hash}` })).toBe(false);
});

test('a text has no reference to itself', () => {
  expect(() => pathOfContentAddress(directory, 'x', parseContentAddress(`text:sha256:${hash}`), [], true)).toThrow('self-reference');
});
