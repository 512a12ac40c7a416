/** Signs what is written. */
import { pathFingerprint } from '../formats/fingerprint.ts';
import type { SecretKey } from '../formats/keys.ts';
import { signRealisation } from '../formats/realisation.ts';
import { normalSignatures } from '../formats/signature.ts';
import type { PathInfo } from '../path-info.ts';
import type { AddOptions, Bytes, RealisationService, Store } from '../service.ts';
import { ForwardingStore } from './forward.ts';

class SigningStore extends ForwardingStore {
  readonly #keys: readonly SecretKey[];

  constructor(inner: Store, keys: readonly SecretKey[]) {
    super(inner);
    this.#keys = keys;
  }

  #signed(info: PathInfo): PathInfo {
    const fingerprint = pathFingerprint(info);
    return { ...info, signatures: normalSignatures([...info.signatures, ...this.#keys.map((key) => key.sign(fingerprint))]) };
  }

  override add(info: PathInfo, nar: Bytes, options?: AddOptions): Promise<void> {
    return super.add(this.#signed(info), nar, options);
  }

  protected override forwardRegister(infos: readonly PathInfo[], options?: AddOptions): Promise<void> {
    return super.forwardRegister(
      infos.map((info) => this.#signed(info)),
      options,
    );
  }

  override get realisations(): RealisationService | undefined {
    const { realisations, directory } = this.inner;
    return (
      realisations && {
        get: (id, options) => realisations.get(id, options),
        put: (realisation, options) =>
          realisations.put(
            this.#keys.reduce((one, key) => signRealisation(one, key, directory), realisation),
            options,
          ),
      }
    );
  }
}

/** A store that signs with all of these keys what is added to it. */
export const signing = (inner: Store, keys: readonly SecretKey[]): Store => new SigningStore(inner, keys);
