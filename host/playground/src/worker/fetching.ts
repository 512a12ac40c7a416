// Fetchers: this page sends nothing anywhere, so they are refused, with what to do instead.
import { OfflineFetching } from '@vixen/host';

export const fetching = new OfflineFetching({
  advice: 'this page sends nothing anywhere. Put the files beside yours: upload them, or drop a folder on the page',
});
