import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { tarOf } from './tar.ts';

test('tar reads what is written', async () => {
  const files = [
    { name: 'default.nix', contents: '1 + 1\n' },
    { name: 'a/b.bin', contents: new Uint8Array(600).fill(7) },
    { name: 'empty', contents: '' },
    { name: 'größe/ü.nix', contents: '"ü"' },
    { name: `${'long/'.repeat(30)}x.nix`, contents: 'null' },
  ];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-tar-'));
  try {
    const input = Buffer.from(await tarOf(files).arrayBuffer());
    const { status, stderr } = spawnSync('tar', ['-x', '-C', folder], { input });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
    for (const { name, contents } of files) expect(fs.readFileSync(path.join(folder, name))).toEqual(Buffer.from(contents));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
