/** A process that builds until it is killed: `build-forever.ts URL FOLDER MARK`. */
import { openStore } from '@vixen/store';
import { openBuilder } from '../../open.ts';
import { staticShell } from '../machine.ts';
import { scriptRequest } from './requests.ts';

const [url, folder, mark] = process.argv.slice(2) as [string, string, string];
const store = await openStore(`embedded://${folder}/root`);
const builder = await openBuilder(url, { store });
const busybox = staticShell()!;
const request = scriptRequest(`echo started; (${busybox} setsid ${busybox} sleep ${mark} &); exec ${busybox} sleep ${mark}`, {
  sandboxPaths: [{ source: busybox, target: busybox, optional: false }],
});
const onLog = (bytes: Uint8Array): void => {
  process.stdout.write(bytes);
};
await builder.build(request, { onLog });
