// The browser of the end-to-end specs: Debian's Chromium, or the one that VIXEN_CHROMIUM names.
import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [process.env.VIXEN_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = places.find((file) => file !== undefined && file !== '' && fs.existsSync(file));

/** Why there are no end-to-end specs here; undefined where they run. */
export const missingChromium = executablePath === undefined ? 'there is no /usr/bin/chromium, and VIXEN_CHROMIUM names none' : undefined;

/** A name for a group of specs that says why it is skipped. */
export const named = (name: string) => (missingChromium ? `${name} (skipped: ${missingChromium})` : name);

const args = [
  '--no-sandbox',
  '--disable-gpu',
  // Containers have a small /dev/shm.
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args, headless: true });
}
