/**
 * Ed25519 keys as Nix writes them (libutil/signature/local-keys.cc): `<name>:<base 64>` of 32 bytes for a public key, of 64 (seed, public key) for
 * a secret one. Secrets are never part of a message.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { formatNamed, parseNamed, parseSignature } from './signature.ts';

const publicSize = 32;
const seedSize = 32;
const signatureSize = 64;

// DER of an Ed25519 key up to its bytes (RFC 8410, sections 4 and 7).
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

const rawPublic = (key: KeyObject) => new Uint8Array(key.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length));
const encode = (text: string) => new TextEncoder().encode(text);

export class PublicKey {
  readonly name: string;
  readonly #bytes: Uint8Array;
  readonly #key: KeyObject;

  constructor(name: string, bytes: Uint8Array) {
    if (bytes.length !== publicSize) throw new StoreError('invalid', `public key '${name}' is not valid`);
    this.name = name;
    this.#bytes = bytes;
    this.#key = createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' });
  }

  static parse(text: string): PublicKey {
    const { name, bytes } = parseNamed(text.trim(), 'key');
    return new PublicKey(name, bytes);
  }

  toString(): string {
    return formatNamed({ name: this.name, bytes: this.#bytes });
  }

  /** Whether a signature, whatever name it bears, is this key's. */
  verify(text: string, signature: Uint8Array): boolean {
    return signature.length === signatureSize && verify(null, encode(text), this.#key, signature);
  }
}

export class SecretKey {
  readonly name: string;
  readonly #key: KeyObject;

  constructor(name: string, key: KeyObject) {
    this.name = name;
    this.#key = key;
  }

  static generate(name: string): SecretKey {
    if (name === '' || /[:\s]/.test(name)) throw new StoreError('invalid', `'${name}' cannot name a key`);
    return new SecretKey(name, generateKeyPairSync('ed25519').privateKey);
  }

  static parse(text: string): SecretKey {
    const { name, bytes } = parseNamed(text.trim(), 'secret key');
    if (bytes.length !== seedSize + publicSize) throw new StoreError('invalid', `secret key '${name}' is not valid`);
    const key = createPrivateKey({ key: Buffer.concat([privatePrefix, bytes.subarray(0, seedSize)]), format: 'der', type: 'pkcs8' });
    // Nix signs with the public half that stands in the key: another than the seed's would make signatures that nobody can verify.
    if (!Buffer.from(rawPublic(createPublicKey(key))).equals(bytes.subarray(seedSize))) {
      throw new StoreError('invalid', `secret key '${name}' is not valid`);
    }
    return new SecretKey(name, key);
  }

  get publicKey(): PublicKey {
    return new PublicKey(this.name, rawPublic(createPublicKey(this.#key)));
  }

  /** `name:base64` of the signature of a text. */
  sign(text: string): string {
    return formatNamed({ name: this.name, bytes: sign(null, encode(text), this.#key) });
  }

  /** The key as its file holds it. The only way to the secret: for who writes that file. */
  exportSecret(): string {
    const seed = this.#key.export({ format: 'der', type: 'pkcs8' }).subarray(privatePrefix.length);
    return formatNamed({ name: this.name, bytes: Buffer.concat([seed, rawPublic(createPublicKey(this.#key))]) });
  }
}

/** Keys that are trusted, by name. Of two with one name the first counts, as in Nix. */
export class PublicKeys {
  readonly #byName = new Map<string, PublicKey>();

  constructor(keys: Iterable<PublicKey> = []) {
    for (const key of keys) if (!this.#byName.has(key.name)) this.#byName.set(key.name, key);
  }

  static parse(texts: Iterable<string>): PublicKeys {
    return new PublicKeys([...texts].map((text) => PublicKey.parse(text)));
  }

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** Whether the signature (`name:base64`) is of a key that is trusted and bears its name. */
  verify(text: string, signature: string): boolean {
    const { name, bytes } = parseSignature(signature);
    return this.#byName.get(name)?.verify(text, bytes) ?? false;
  }

  /** The trusted keys, by name, that signed the text. */
  signers(text: string, signatures: readonly string[]): Set<string> {
    return new Set(signatures.filter((signature) => this.verify(text, signature)).map((signature) => parseSignature(signature).name));
  }
}
