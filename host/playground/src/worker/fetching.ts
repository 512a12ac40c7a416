// Fetchers: this page sends nothing anywhere, so they are refused, with what to do instead.
import { ErrorCode } from '@vixen/eval-core';
import { HostError, type Surroundings } from '@vixen/host';

const refuse = (what: string): never => {
  const advice = 'this page sends nothing anywhere. Put the files beside yours: upload them, or drop a folder on the page';
  throw new HostError(ErrorCode.Restricted, `\x0e${what}\x0f is not fetched: ${advice}`);
};

/** The address in a fetcher's arguments (docs/requests.md), as far as there is one. */
function addressIn(fetcher: string, args: string): string {
  try {
    const { url } = JSON.parse(args) as { url?: unknown };
    return typeof url === 'string' ? url : fetcher;
  } catch {
    return fetcher;
  }
}

export const fetching: NonNullable<Surroundings['fetching']> = {
  fetch: (fetcher, args) => refuse(addressIn(fetcher, args)),
  flake: (_operation, argument) => refuse(argument),
};
