// The browser that the playground's end-to-end specs need (host/playground/e2e/chromium.ts).
import fs from 'node:fs';
import { installation, installPackages, isRootOnDebian } from './debian.mjs';

const packages = ['chromium'];
const isThere = () =>
  [process.env.VIXEN_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].some((file) => file && fs.existsSync(file));

/** In CI, as root on Debian, Chromium is installed; elsewhere those specs are skipped, and this says what they need. */
export function prepareBrowser() {
  if (isThere() || (isRootOnDebian() && installPackages(packages) && isThere())) return true;
  console.error(`vixen: the playground's end-to-end specs are skipped, for there is no Chromium. As root: ${installation(packages)}`);
  return false;
}
