/** Figures for people. */

const step = 1024;
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 MiB` */
export function renderBytes(bytes: number): string {
  let power = 0;
  while (bytes / step ** power >= step && power < units.length - 1) power++;
  return `${(bytes / step ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** `7s`, `2m05s`, `1h02m` */
export function renderTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (number: number) => String(number).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}
