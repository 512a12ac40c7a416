// `vixen key`, `nix key`: keys that sign store paths (nix/sigs.cc).
import { SecretKey } from '@vixen/store/formats';
import { groupRun } from '../../groups.ts';
import { writeOut } from '../../output.ts';
import { readStdin } from '../../stdin.ts';
import { storeCommand } from '../../store/command.ts';
import { UsageError } from '../../usage.ts';

const generateSecret = storeCommand({
  usage: '--key-name NAME > FILE',
  about: 'Writes a new secret key to stdout. Keep it where nobody else reads it.',
  examples: ['--key-name cache.example.org-1 > cache.sec'],
  create() {
    let name: string | undefined;
    return {
      flags: [{ names: ['--key-name'], labels: ['name'], help: 'what the key is called in signatures', run: (text) => (name = text!) }],
      async run() {
        if (name === undefined) throw new UsageError("required argument '\x0e--key-name\x0f' is missing");
        writeOut(SecretKey.generate(name).exportSecret());
      },
    };
  },
});

const convertSecretToPublic = storeCommand({
  usage: '< SECRET-KEY-FILE',
  about: 'Writes the public key that belongs to the secret key on stdin.',
  examples: ['< cache.sec > cache.pub'],
  create: () => ({
    async run() {
      writeOut(SecretKey.parse(new TextDecoder().decode(readStdin())).publicKey.toString());
    },
  }),
});

export const keyGroup = groupRun('Makes and converts keys that sign store paths.', {
  'generate-secret': { about: 'make a secret key', load: async () => generateSecret },
  'convert-secret-to-public': { about: 'print the public key of a secret one', load: async () => convertSecretToPublic },
});
