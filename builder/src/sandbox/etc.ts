/** /etc of a build: users, groups and hosts as Nix's sandbox has them, and what names of the network need where the build may use it. */
import fs from 'node:fs';
import path from 'node:path';

export const sandboxUser = { uid: 1000, gid: 100 } as const;

const passwd = [
  'root:x:0:0:Nix build user:/build:/noshell',
  `nixbld:x:${sandboxUser.uid}:${sandboxUser.gid}:Nix build user:/build:/noshell`,
  'nobody:x:65534:65534:Nobody:/:/noshell',
];
const group = ['root:x:0:', `nixbld:!:${sandboxUser.gid}:`, 'nogroup:x:65534:'];
const hosts = ['127.0.0.1 localhost', '::1 localhost'];

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const users: readonly (readonly [string, string])[] = [
  ['passwd', text(passwd)],
  ['group', text(group)],
];

/** Of builds without a network. */
export const etcFiles = (): readonly (readonly [string, string])[] => [...users, ['hosts', text(hosts)]];

/** The machine's own, where it has them. */
const ofMachine = ['resolv.conf', 'services', 'hosts'];
const certificates = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

/** Writes /etc of a build that may use the network. */
export function writeNetworkEtc(folder: string): void {
  const write = (name: string, contents: string | Uint8Array) => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    fs.writeFileSync(file, contents, { mode: 0o444 });
  };
  for (const [name, contents] of users) write(name, contents);
  write('nsswitch.conf', 'hosts: files dns\nservices: files\n');
  for (const name of ofMachine) {
    const file = path.join('/etc', name);
    if (fs.existsSync(file)) write(name, fs.readFileSync(file));
  }
  const named = [process.env.NIX_SSL_CERT_FILE, process.env.SSL_CERT_FILE, ...certificates];
  const bundle = named.find((file) => file !== undefined && fs.existsSync(file));
  if (bundle !== undefined) write('ssl/certs/ca-certificates.crt', fs.readFileSync(bundle));
}
