/** A process that a spec kills while it builds: `build-worker STORE-URL DRV`. Errors and warnings go to stderr. */
import { openStore } from '@vixen/store';
import { Settings } from '../../../core/config/settings.ts';
import type { ProgressEvent } from '../../../core/coordinator/progress.ts';
import { openRealiser } from '../index.ts';

const event = (told: ProgressEvent) => {
  if (told.type === 'message' && told.level !== 'info') console.error(told.text);
};

const [url, drvPath] = process.argv.slice(2);
const settings = new Settings();
settings.set('substitute', 'false');
settings.set('max-jobs', '4');
const store = await openStore(url!, { requireSignatures: false });
const realiser = openRealiser({ store, settings, env: { VIXEN_BUILDER: 'local:' }, display: { event, end: () => {} } });
await realiser.realise([{ drvPath: drvPath!, outputs: '*' }]);
await realiser.close();
await store.close();
