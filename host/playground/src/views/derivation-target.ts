// Which value's derivation is shown: the one that was chosen in the tree, or the value itself.
import type { ValueDetails, ValueId } from '@vixen/host';
import type { Client, Outcome } from '../client.ts';

export interface DerivationTarget {
  id: ValueId;
  path: (string | number)[];
}

interface Chosen extends DerivationTarget {
  /** Ids are those of one evaluation. */
  outcome: Outcome | undefined;
}

const chosen = new WeakMap<Client, Chosen>();

export const panelId = 'derivation';

/** Chooses a value, and shows its derivation. */
export function showDerivation(client: Client, { id, path }: ValueDetails) {
  chosen.set(client, { id, path, outcome: client.outcome });
  document.querySelector<HTMLElement>(`#tab-${panelId}`)?.click();
}

/** The value that was chosen of this outcome, once. */
export function takeTarget(client: Client, outcome: Outcome): DerivationTarget | undefined {
  const found = chosen.get(client);
  chosen.delete(client);
  return found?.outcome === outcome ? found : undefined;
}
