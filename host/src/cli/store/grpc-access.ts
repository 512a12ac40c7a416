// Who may do what over gRPC, as `store serve` and `builder serve` are told: a token, certificates.
import fs from 'node:fs';
import { StoreError } from '@vixen/store';
import { isSystemError, systemErrorSentence } from '../../node/system-error.ts';
import type { Flag } from '../flags.ts';
import { UsageError } from '../usage.ts';

/** What is in a file: secrets are never taken from the command line, where others can see them. */
function readFile(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (isSystemError(error)) throw new StoreError('io', systemErrorSentence(error), { cause: error });
    throw error;
  }
}

export class GrpcAccess {
  #tokenFile: string | undefined;
  #certificate: string | undefined;
  #certificateKey: string | undefined;
  #clientCa: string | undefined;
  readonly #clients: string[] = [];

  readonly flags: Flag[] = [
    {
      names: ['--token-file'],
      labels: ['file'],
      help: 'who has what is in it may do everything',
      run: (file) => (this.#tokenFile = file!),
    },
    { names: ['--tls-cert'], labels: ['file'], help: "gRPC's certificate (PEM)", run: (file) => (this.#certificate = file!) },
    { names: ['--tls-key'], labels: ['file'], help: 'its key', run: (file) => (this.#certificateKey = file!) },
    {
      names: ['--tls-client-ca'],
      labels: ['file'],
      help: 'ask clients for certificates of this authority',
      run: (file) => (this.#clientCa = file!),
    },
    {
      names: ['--tls-client'],
      labels: ['name'],
      help: 'who has a certificate of this common name may do everything',
      run: (name) => this.#clients.push(name!),
    },
  ];

  get token(): string | undefined {
    if (this.#tokenFile === undefined) return undefined;
    const token = readFile(this.#tokenFile).toString('utf8').trim();
    if (token === '') throw new StoreError('invalid', `file '${this.#tokenFile}' holds no token`);
    return token;
  }

  get #tls() {
    if (this.#certificate === undefined && this.#certificateKey === undefined) return undefined;
    if (this.#certificate === undefined || this.#certificateKey === undefined)
      throw new UsageError("'--tls-cert' and '--tls-key' belong together");
    return {
      certificate: readFile(this.#certificate),
      key: readFile(this.#certificateKey),
      ...(this.#clientCa !== undefined && { clientCa: readFile(this.#clientCa) }),
    };
  }

  /** A listener at an address. A socket that only its owner can reach needs no token; elsewhere those who say nothing of themselves may do what `anonymous` says. */
  async listener(address: string, anonymous: readonly 'read'[]) {
    const { allRights } = await import('@vixen/store/grpc');
    const { token } = this;
    const open = address.startsWith('unix:') && token === undefined;
    const certificates = this.#clients.map((commonName) => ({ commonName, rights: allRights }));
    const access = {
      anonymous: open ? allRights : anonymous,
      ...(token !== undefined && { tokens: [{ token, rights: allRights }] }),
      certificates,
    };
    return { address, tls: this.#tls, access };
  }
}
