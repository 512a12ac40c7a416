// What is in nixpkgs' lib, asked of the worker once for each set in it.
import type { Client } from '../client.ts';
import type { LibMembers } from './completion.ts';

const name = /^[a-zA-Z_][\w'-]*$/;

export function libMembers(client: Client): LibMembers {
  // Where there is no pack, asking for it would be an error in the browser's console.
  let isLoaded = false;
  client.on('pack', () => {
    isLoaded = true;
  });
  const known = new Map<string, Promise<readonly string[]>>();
  return (path) => {
    const key = path.join('.');
    if (!isLoaded || !path.every((part) => name.test(part))) return Promise.resolve([]);
    const expression = `(import <nixpkgs/lib>)${path.map((part) => `.${part}`).join('')}`;
    const asked = known.get(key) ?? client.call('members', { expression }).catch(() => []);
    // There may be one later: nothing found is not kept.
    known.set(key, asked);
    void asked.then((members) => members.length === 0 && known.delete(key));
    return asked;
  };
}
