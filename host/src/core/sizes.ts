// Sizes for people (libutil/util.cc `renderSize`).

const step = 1024;
const units = ['K', 'M', 'G', 'T', 'P', 'E'];

/** Binary units with one decimal, at least KiB: `1.5 MiB`. */
export function renderSize(bytes: number, align = false): string {
  let power = 1;
  while (Math.abs(bytes) / step ** power >= step && power < units.length) power += 1;
  const number = (bytes / step ** power).toFixed(1);
  return `${align ? number.padStart(6) : number} ${units[power - 1]}iB`;
}
