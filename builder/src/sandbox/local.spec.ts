import { describe, test } from 'vitest';
import { staticShell } from './machine.ts';
import { tryUnshare } from './probe.ts';
import { sandboxTests } from './testing/sandbox-tests.ts';

const missing = tryUnshare() ?? (staticShell() === undefined ? 'there is no static shell' : undefined);

if (missing === undefined) describe('local:', () => sandboxTests({ url: 'local:', sandboxed: false }));
else test.skip(`local: (${missing})`, () => {});
