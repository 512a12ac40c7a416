/** Signatures as texts, `<key name>:<base 64>` (Nix manual, "Signing"; libutil/signature). Their keys are in keys.ts. */
import { base64 } from '@vixen/wasm';
import { StoreError } from '../errors.ts';

/** A name and bytes: a signature or a key. */
export interface Named {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads `name:base64`. `what` says in the message what is corrupt; the text itself is never shown, since it may be a secret. */
export function parseNamed(text: string, what: string): Named {
  const colon = text.indexOf(':');
  const bytes = colon > 0 ? base64.decode(text.slice(colon + 1)) : undefined;
  if (!bytes || bytes.length === 0) throw new StoreError('invalid', `${what} is corrupt`);
  return { name: text.slice(0, colon), bytes };
}

export const formatNamed = ({ name, bytes }: Named): string => `${name}:${base64.encode(bytes)}`;

/** Reads a signature, of any length: whether it can be one is for who verifies it. */
export const parseSignature = (text: string): Named => parseNamed(text, 'signature');

/** Signatures in Nix's order (by key name, then by bytes), each once, as they are written. */
export function normalSignatures(texts: Iterable<string>): string[] {
  const parsed = [...texts].map(parseSignature).sort((a, b) => compareTexts(a.name, b.name) || compareBytes(a.bytes, b.bytes));
  return [...new Set(parsed.map(formatNamed))];
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
