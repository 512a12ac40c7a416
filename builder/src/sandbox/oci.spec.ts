import { describe, test } from 'vitest';
import { tryOci } from './probe.ts';
import { sandboxTests } from './testing/sandbox-tests.ts';

for (const runtime of ['runc', 'crun']) {
  const found = tryOci(runtime);
  const url = `oci:${runtime}`;
  if ('problem' in found) test.skip(`${url} (${found.problem})`, () => {});
  else describe(url, () => sandboxTests({ url, sandboxed: true }));
}
