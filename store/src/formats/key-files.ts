/** Files with secret keys. */
import { open } from 'node:fs/promises';
import { emitWarning } from 'node:process';
import { StoreError } from '../errors.ts';
import { SecretKey } from './keys.ts';

const largestFile = 64 * 1024;

export interface KeyFileOptions {
  /** Takes what the user should know; the runtime's warnings unless told. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** Reads a secret key. Warns where all users of the machine may read the file, as `nix key generate-secret >FILE` leaves it. */
export async function readSecretKeyFile(file: string, options: KeyFileOptions = {}): Promise<SecretKey> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new StoreError('io', `cannot read the secret key in '${file}': ${messageOf(cause)}`, { cause });
  });
  try {
    const { mode, size } = await handle.stat();
    if (size > largestFile) throw new StoreError('invalid', `'${file}' is too large to be a secret key`);
    if ((mode & othersMayRead) !== 0) (options.warn ?? emitWarning)(openToAll(file, mode));
    return parseIn(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

const othersMayRead = 0o004;

const openToAll = (file: string, mode: number) =>
  `secret key file '${file}' can be read by every user of this machine (mode 0${(mode & 0o777).toString(8)}); run: chmod 600 '${file}'`;

function parseIn(file: string, text: string): SecretKey {
  try {
    return SecretKey.parse(text);
  } catch (cause) {
    throw new StoreError('invalid', `in file '${file}': ${messageOf(cause)}`, { cause });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Reads several. */
export const readSecretKeyFiles = (files: readonly string[], options?: KeyFileOptions): Promise<SecretKey[]> =>
  Promise.all(files.map((file) => readSecretKeyFile(file, options)));

/** Writes a new secret key that only its owner can read; refuses a file that is there. */
export async function writeSecretKeyFile(file: string, key: SecretKey): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(key.exportSecret());
    await handle.sync();
  } finally {
    await handle.close();
  }
}
