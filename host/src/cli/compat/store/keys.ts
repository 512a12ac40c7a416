// `nix-store --generate-binary-cache-key NAME SECRET-FILE PUBLIC-FILE`.
import fs from 'node:fs';
import { SecretKey, writeSecretKeyFile } from '@vixen/store/formats';
import { UsageError } from '../../usage.ts';
import type { Operation } from '../nix-store.ts';
import { refuseFlags } from './contents.ts';

export const generateKey: Operation = async (_context, input) => {
  refuseFlags(input);
  const [name, secretFile, publicFile] = input.args;
  if (input.args.length !== 3) throw new UsageError('three arguments expected');
  const key = SecretKey.generate(name!);
  await writeSecretKeyFile(secretFile!, key);
  fs.writeFileSync(publicFile!, key.publicKey.toString());
};
