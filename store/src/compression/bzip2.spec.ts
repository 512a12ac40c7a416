import { expect, test } from 'vitest';
import { bunzip2 } from './bzip2.ts';

const unpack = (base64: string) => Buffer.concat([...bunzip2(Buffer.from(base64, 'base64'))]).toString();

// Made by bzip2 1.0.8.
const hello = 'QlpoOTFBWSZTWU7s6DYAAAJRgAAQQAAGRJCAIAAxBkxBAaeppYC7lDH4u5IpwoSCd2dBsA==';

test('a text, and two files one after the other', () => {
  expect(unpack(hello)).toBe('hello world\n');
  expect(unpack(Buffer.concat([Buffer.from(hello, 'base64'), Buffer.from(hello, 'base64')]).toString('base64'))).toBe(
    'hello world\nhello world\n',
  );
});

test('what is no bzip2 file, and what ends too early', () => {
  expect(() => unpack('AAAA')).toThrow('not a bzip2 file');
  expect(() => unpack(hello.slice(0, 40))).toThrow();
});
