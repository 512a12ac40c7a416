/** The config.json of a bundle (OCI runtime specification 1.0). */
import type { BuildRequest } from '../service.ts';
import { sandboxUser } from './etc.ts';
import { abisOf } from './seccomp/abis.ts';
import { errnos } from './seccomp/filter.ts';

export interface OciMount {
  readonly destination: string;
  readonly type?: string;
  readonly source: string;
  readonly options: readonly string[];
}

export interface OciBuild {
  readonly request: BuildRequest;
  /** Binds of the build's own. */
  readonly mounts: readonly OciMount[];
  /** The machine's user that the build is. */
  readonly user: number;
  /** The machine's user that is root inside, where nothing runs as root. */
  readonly inner: number;
  readonly cgroup: string;
}

const plain = ['nosuid', 'noexec', 'nodev'];

const systemMounts: readonly OciMount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: plain },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'] },
  { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'] },
  { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...plain, 'mode=1777'] },
];

const masked = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/scsi',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** What runs in the bundle beside it, `rootfs`. */
export function ociConfig({ request, mounts, user, inner, cgroup }: OciBuild): object {
  const { command, environment, workingDirectory, constraints, limits } = request;
  const namespaces = ['pid', 'ipc', 'uts', 'mount', 'user', 'cgroup', ...(constraints.networkAccess ? [] : ['network'])];
  const mapping = (id: number) => [
    { containerID: 0, hostID: inner, size: 1 },
    { containerID: id, hostID: user, size: 1 },
  ];
  return {
    ociVersion: '1.0.2',
    hostname: 'localhost',
    root: { path: 'rootfs', readonly: true },
    process: {
      terminal: false,
      user: { uid: sandboxUser.uid, gid: sandboxUser.gid, umask: 0o022 },
      args: command,
      env: [...environment].map(([name, value]) => `${name}=${value}`),
      cwd: `/${workingDirectory}`,
      noNewPrivileges: true,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
    },
    mounts: [...systemMounts, ...mounts],
    linux: {
      namespaces: namespaces.map((type) => ({ type })),
      uidMappings: mapping(sandboxUser.uid),
      gidMappings: mapping(sandboxUser.gid),
      cgroupsPath: cgroup,
      resources: {
        ...(limits.memory > 0 ? { memory: { limit: limits.memory } } : {}),
        ...(limits.processes > 0 ? { pids: { limit: limits.processes } } : {}),
      },
      maskedPaths: masked,
      readonlyPaths,
      ...seccomp(),
    },
  };
}

/** The filter in libseccomp's words (seccomp/filter.ts). Calls that its library does not know are not filtered. */
function seccomp(): object {
  const abis = abisOf[process.arch];
  if (!abis) return {};
  const deny = (names: string[], errnoRet: number, args: object[] = []) => ({ names, action: 'SCMP_ACT_ERRNO', errnoRet, args });
  const setBit = (index: number, bit: number) => ({ index, value: bit, valueTwo: bit, op: 'SCMP_CMP_MASKED_EQ' });
  const modes = [0o4000, 0o2000].flatMap((bit) => [
    deny(['chmod', 'fchmod'], errnos.EPERM, [setBit(1, bit)]),
    deny(['fchmodat', 'fchmodat2'], errnos.EPERM, [setBit(2, bit)]),
  ]);
  const attributes = ['', 'l', 'f'].flatMap((kind) => [`${kind}getxattr`, `${kind}setxattr`]);
  const attributesAt = ['getxattrat', 'setxattrat', 'removexattrat'];
  return {
    seccomp: {
      defaultAction: 'SCMP_ACT_ALLOW',
      architectures: abis.flatMap(({ names }) => names),
      syscalls: [
        ...modes,
        deny([...attributes, ...attributesAt], errnos.ENOTSUP),
        deny(['add_key', 'request_key', 'keyctl'], errnos.ENOSYS),
      ],
    },
  };
}
