/**
 * The prepared view: a mount namespace in which all inputs are mounted onto their points, so that a sandbox takes them with one recursive bind. bubblewrap needs a
 * time for each bind that grows with their number, and cannot pass through folders that only root may enter.
 */
import fs from 'node:fs';
import path from 'node:path';
import { BuildError } from '../errors.ts';
import { shellWord } from './arguments.ts';
import { findProgram, staticShell } from './machine.ts';
import type { Prepared } from './prepare.ts';

/** More inputs than that are mounted before: then a process more costs less than their binds. */
const fewInputs = 12;

/** Stands in for the build's folder where its user cannot pass. Any folder will do. */
export const standIns = ['/mnt', '/media', '/srv', '/opt', '/tmp'];

export interface View {
  /** Where the build's folder is to be found in the view. */
  readonly folder: string;
  readonly etc: string;
  /** A prefix for commands, which are to begin with what leaves root. */
  readonly command: readonly string[];
}

export interface ViewOptions {
  /** Whether a namespace is wanted for other reasons; then there is always a view. */
  readonly wanted?: boolean;
  /** Whether it has processes of its own, which end with the first, or with us. */
  readonly ownProcesses?: boolean;
}

export function viewOf(prepared: Prepared, options: ViewOptions & { readonly wanted: true }): View;
/** Undefined where the sandbox itself can mount the inputs. */
export function viewOf(prepared: Prepared, options?: ViewOptions): View | undefined;
export function viewOf(prepared: Prepared, options: ViewOptions = {}): View | undefined {
  const { folder, mounts, user } = prepared;
  const hidden = user !== undefined && !isPassable(folder);
  const hiddenInputs = user !== undefined && mounts.some(({ place }) => !isPassable(place));
  if (!options.wanted && mounts.length <= fewInputs && !hidden && !hiddenInputs) return undefined;
  const standIn = hidden ? standIns.find((each) => fs.existsSync(each)) : undefined;
  if (hidden && standIn === undefined) throw new BuildError('sandbox', `the user of builds cannot enter '${folder}'`);
  const seen = standIn ?? folder;
  const inputs = mounts.map(({ place, point }) => fstabLine(place, point, `bind,ro${user === undefined ? lockedFlags(place) : ''}`));
  const lines = [...inputs, ...(standIn === undefined ? [] : standInLines(prepared, standIn))];
  const fstab = path.join(folder, 'fstab');
  if (lines.length > 0) fs.writeFileSync(fstab, lines.join(''));
  const script = mountScript(lines.length > 0 ? fstab : undefined);
  const command = [...namespaceCommand(user, options), script, 'sh'];
  return { folder: seen, etc: standIn === undefined ? prepared.etc : path.join(standIn, 'etc'), command };
}

/** Shows the build's folder, with /etc in it, under another name. */
function standInLines({ folder, etc }: Prepared, standIn: string): string[] {
  const own = path.join(folder, 'etc');
  fs.mkdirSync(own, { recursive: true });
  return [...(etc === own ? [] : [fstabLine(etc, own, 'bind')]), fstabLine(folder, standIn, 'rbind')];
}

/** Mounts what the file says, and goes on as what follows. */
function mountScript(fstab: string | undefined): string {
  return `${fstab === undefined ? '' : `${shellWord(util('mount'))} -a -T ${shellWord(fstab)} || exit 125; `}exec "$@"`;
}

/** Begins a namespace with a shell, whose script comes next. */
export function namespaceCommand(user: number | undefined, { ownProcesses = false }: { readonly ownProcesses?: boolean }): string[] {
  const flags = user === undefined ? ['--user', '--map-root-user'] : [];
  const fork = ownProcesses ? ['--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc'] : [];
  const busybox = staticShell();
  const shell = busybox === undefined ? [util('sh')] : [busybox, 'sh'];
  const command = [util('unshare'), '--mount', ...flags, ...fork, '--', ...shell, '-c'];
  return ownProcesses ? [util('setpriv'), '--pdeathsig', 'KILL', ...command] : command;
}

/** What leaves root for a user, and all groups, as part of a command. setpriv does the same, and takes twice as long. */
export const asUser = (user: number | undefined): readonly string[] => {
  if (user !== undefined) return [util('nsenter'), '--no-fork', `--setuid=${user}`, `--setgid=${user}`, '--'];
  return [];
};

/** Without root, the namespace's root becomes whom we are again. */
export const asOurselves = (): readonly string[] => [
  util('unshare'),
  '--user',
  `--map-user=${process.geteuid!()}`,
  `--map-group=${process.getegid!()}`,
  '--',
];

export function util(name: string): string {
  const file = findProgram(name);
  if (file === undefined) throw new BuildError('sandbox', `the program '${name}' is missing: apt-get install util-linux`);
  return file;
}

const octal = (c: string): string => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;
const field = (text: string): string => text.replace(/[\s\\#]/g, octal);

export const fstabLine = (source: string, target: string, flags: string): string => `${field(source)} ${field(target)} none ${flags} 0 0\n`;

const passable = new Map<string, boolean>();
const othersMayPass = 0o001;

/** Whether anybody may pass through the folders above. */
export function isPassable(file: string): boolean {
  const above = path.dirname(file);
  if (above === file) return true;
  const known = passable.get(above);
  if (known !== undefined) return known;
  const may = (fs.statSync(above).mode & othersMayPass) !== 0 && isPassable(above);
  passable.set(above, may);
  return may;
}

const lockable = ['nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'relatime'];

/** In a user namespace a mount keeps the flags of the one that it is made of, and says so. */
export function lockedFlags(place: string): string {
  const mounts = fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const parsed = mounts.map((line) => line.split(' ')).filter((fields) => fields.length > 5);
  const inside = parsed.filter(([, , , , point]) => point === '/' || `${place}/`.startsWith(`${point}/`));
  const longest = inside.reduce((a, b) => (b[4]!.length >= a[4]!.length ? b : a));
  const flags = longest[5]!.split(',').filter((flag) => lockable.includes(flag));
  return flags.map((flag) => `,${flag}`).join('');
}
