// Debian's packages and sources, downloaded by apt-get into folders, for specs that build real software.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A C compiler with what it and a `configure` script need. */
const toolchain = [
  ...[
    'gcc-12',
    'cpp-12',
    'gcc-12-base',
    'binutils',
    'binutils-x86-64-linux-gnu',
    'binutils-common',
    'libbinutils',
    'libctf0',
    'libctf-nobfd0',
  ],
  ...[
    'libgprofng0',
    'libjansson4',
    'libc6',
    'libc6-dev',
    'linux-libc-dev',
    'libcrypt1',
    'libcrypt-dev',
    'libnsl2',
    'libnsl-dev',
    'libtirpc3',
  ],
  ...[
    'libtirpc-dev',
    'libgcc-12-dev',
    'libgcc-s1',
    'libgmp10',
    'libmpc3',
    'libmpfr6',
    'libisl23',
    'zlib1g',
    'libzstd1',
    'libstdc++6',
    'make',
  ],
  ...[
    'coreutils',
    'sed',
    'grep',
    'mawk',
    'bash',
    'diffutils',
    'findutils',
    'tar',
    'gzip',
    'patchelf',
    'libselinux1',
    'libpcre2-8-0',
    'libacl1',
  ],
  ...[
    'libattr1',
    'libtinfo6',
    'libgomp1',
    'libitm1',
    'libatomic1',
    'libasan8',
    'libubsan1',
    'libtsan2',
    'liblsan0',
    'libquadmath0',
    'libcc1-0',
  ],
];

const busyboxes = ['/bin/busybox', '/usr/bin/busybox'];

/** Why there is nothing to download from; undefined where there is. */
export function missingDebian(): string | undefined {
  if (process.arch !== 'x64' || !fs.existsSync('/etc/apt/sources.list.d/debian.sources')) return 'this is no Debian 12 on x86-64';
  if (!/^12/.test(fs.readFileSync('/etc/debian_version', 'utf8'))) return 'this is another Debian than 12';
  return busyboxes.some((file) => fs.existsSync(file)) ? undefined : 'there is no static busybox';
}

export interface DebianInputs {
  readonly debs: string;
  readonly source: string;
  readonly busybox: string;
}

/** Downloads all into folders below `folder`. */
export function downloadHello(folder: string): DebianInputs {
  const [debs, source, busybox, apt] = ['debs', 'source', 'busybox', 'apt'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const each of [debs, source, busybox, `${apt}/lists/partial`, `${apt}/parts`]) fs.mkdirSync(each, { recursive: true });
  fs.copyFileSync(busyboxes.find((file) => fs.existsSync(file))!, path.join(busybox, 'busybox'));
  run(['download', '-q', ...toolchain], debs);
  // The same mirrors, asked for sources.
  const sources = fs.readFileSync('/etc/apt/sources.list.d/debian.sources', 'utf8').replace(/^Types: deb$/gm, 'Types: deb-src');
  fs.writeFileSync(`${apt}/parts/debian.sources`, sources);
  const options = [
    'Dir::Etc::sourcelist=/dev/null',
    `Dir::Etc::sourceparts=${apt}/parts`,
    `Dir::State::lists=${apt}/lists`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  run([...options, '-q', 'update'], source);
  run([...options, '-q', 'source', '--download-only', 'hello'], source);
  return { debs, source, busybox };
}

function run(args: readonly string[], cwd: string) {
  const { status, stderr } = spawnSync('apt-get', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')}: ${stderr}`);
}
