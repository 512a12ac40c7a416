import { describe, test } from 'vitest';
import { staticShell } from './machine.ts';
import { tryBwrap } from './probe.ts';
import { sandboxTests } from './testing/sandbox-tests.ts';

const missing = tryBwrap() ?? (staticShell() === undefined ? 'there is no static shell' : undefined);

if (missing === undefined) describe('bwrap:', () => sandboxTests({ url: 'bwrap:', sandboxed: true }));
else test.skip(`bwrap: (${missing})`, () => {});
