/** Who may do what over a listener. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { StoreError } from '../errors.ts';
import type { AnyCall, Guard } from './serve.ts';
import { UnauthenticatedError } from './status.ts';

export type Right =
  /** Everything that changes nothing. */
  | 'read'
  /** Blobs and directories. */
  | 'write-blobs'
  /** Paths, realisations, signatures, logs, temporary roots. What is not content-addressed still needs a trusted key's signature. */
  | 'register-paths'
  /** Paths without signatures, replacing what is there, garbage collection, roots, repairs. */
  | 'administer'
  /** Builds. */
  | 'build';

export const allRights: readonly Right[] = ['read', 'write-blobs', 'register-paths', 'administer', 'build'];

export interface Access {
  /** Of callers that say nothing of themselves. */
  readonly anonymous?: readonly Right[];
  /** Of callers with `authorization: Bearer TOKEN`. */
  readonly tokens?: readonly { readonly token: string; readonly rights: readonly Right[] }[];
  /** Of callers with a client certificate of this common name, which the listener's `clientCa` has issued. */
  readonly certificates?: readonly { readonly commonName: string; readonly rights: readonly Right[] }[];
}

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Answers the rights of each call's sender. A token or certificate adds to what anyone may do; an unknown token is refused, an unknown certificate is no one's. */
export function guardOf({ anonymous = [], tokens = [], certificates = [] }: Access): Guard {
  const known = tokens.map(({ token, rights }) => ({ digest: sha256(token), rights }));
  const ofToken = (token: string): readonly Right[] => {
    const digest = sha256(token);
    const found = known.filter((each) => timingSafeEqual(each.digest, digest));
    if (found.length === 0) throw new UnauthenticatedError('forbidden', 'the token is not known here');
    return found.flatMap(({ rights }) => rights);
  };
  const ofCertificate = (name: string): readonly Right[] =>
    certificates.filter(({ commonName }) => commonName === name).flatMap(({ rights }) => rights);
  return (call, needed) => {
    const [token, name] = [tokenOf(call), certificateOf(call)];
    const rights = new Set(anonymous);
    for (const right of token === undefined ? [] : ofToken(token)) rights.add(right);
    for (const right of name === undefined ? [] : ofCertificate(name)) rights.add(right);
    if (needed === undefined || rights.has(needed)) return rights;
    const message = `this needs the right '${needed}'`;
    throw token === undefined && name === undefined && tokens.length + certificates.length > 0
      ? new UnauthenticatedError('forbidden', `${message}: say who you are, by a token or a certificate`)
      : new StoreError('forbidden', message);
  };
}

function tokenOf(call: AnyCall): string | undefined {
  const [header] = call.metadata.get('authorization');
  if (header === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(String(header))?.[1] ?? '';
}

function certificateOf(call: AnyCall): string | undefined {
  const subject = call.getAuthContext().sslPeerCertificate?.subject;
  // A subject may have several common names; such a one names nobody.
  return typeof subject?.CN === 'string' ? subject.CN : undefined;
}
