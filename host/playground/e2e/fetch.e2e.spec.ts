import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { makeTar, plainMembers } from '../../src/core/fetch/tar-fixture.ts';
import { encodeShare } from '../src/state/share.ts';
import { violations } from './axe.ts';
import { type Origin, openOrigin } from './origins.ts';
import type { Playground } from './playground.ts';
import { browserSuite } from './suite.ts';

const files = {
  '/hello.txt': 'hello\n',
  '/other.txt': 'other\n',
  '/project.tar.gz': gzipSync(makeTar(plainMembers)),
};

browserSuite('fetching from the page', (suite) => {
  const { page } = suite;
  let open: Origin;
  let closed: Origin;
  beforeAll(async () => {
    [open, closed] = await Promise.all([openOrigin(files, { cors: true }), openOrigin(files, { cors: false })]);
  });
  afterAll(async () => {
    await Promise.all([open?.close(), closed?.close()]);
  });
  beforeEach(() => {
    open.requests.length = 0;
    closed.requests.length = 0;
  });

  const question = ({ page }: Playground) => page.getByRole('alertdialog');
  const press = (playground: Playground, name: string | RegExp) => question(playground).getByRole('button', { name }).click();
  const readFile = (url: string) => `builtins.readFile (builtins.fetchurl "${url}")`;
  const focused = ({ page }: Playground) => page.evaluate(() => document.activeElement?.textContent);

  page('nothing is sent before the answer, nor after a refusal', async (playground) => {
    await playground.evaluate(readFile(`${open.url}/hello.txt`));
    await playground.sees('.question', `${open.url}/hello.txt`);
    await playground.sees('.question', `This sends a request to ${open.host}: it learns your address`);
    await playground.sees('.status', 'Waiting for your answer');
    expect(await focused(playground)).toBe('Refuse');
    expect(await violations(playground.page)).toEqual([]);
    expect(open.requests).toEqual([]);
    await playground.page.keyboard.press('Enter');
    await playground.sees('.outcome', `'${open.url}/hello.txt' was not fetched: it was refused, and nothing was sent`);
    expect(await question(playground).count()).toBe(0);
    await playground.page.keyboard.press('Control+Enter');
    await question(playground).waitFor();
    await playground.page.keyboard.press('Escape');
    await playground.sees('.outcome', 'it was refused');
    expect(open.requests).toEqual([]);
    // The focus is where it was.
    await playground.page.keyboard.insertText('# more');
    expect(await playground.editor.textContent()).toContain('# more');
  });

  page('allowed once, it is requested once, without cookies or the address of the page', async (playground) => {
    await playground.evaluate(readFile(`${open.url}/hello.txt`));
    await press(playground, 'Allow once');
    await playground.seesValue('"hello\\n"');
    expect(open.requests).toEqual(['/hello.txt']);
    // What was fetched is used again; something else is asked for anew.
    await playground.evaluate(`${readFile(`${open.url}/hello.txt`)} + "again"`);
    await playground.seesValue('"hello\\nagain"');
    await playground.evaluate(readFile(`${open.url}/other.txt`));
    await question(playground).waitFor();
    expect(open.requests).toEqual(['/hello.txt']);
  });

  page('allowed for the host, others are not asked for, until the page is opened anew or shows other files', async (playground) => {
    const both = `${readFile(`${open.url}/hello.txt`)} + ${readFile(`${open.url}/other.txt`)}`;
    await playground.evaluate(both);
    await press(playground, `Allow ${open.host} while this page is open`);
    await playground.seesValue('"hello\\nother\\n"');
    expect(open.requests).toEqual(['/hello.txt', '/other.txt']);
    await playground.evaluate(readFile(`${closed.url}/hello.txt`));
    await playground.sees('.question', closed.host);
    await playground.page.goto(`${suite.site.url}${await sharing(`builtins.fetchurl "${open.url}/shared.txt"`)}`);
    await playground.sees('.question', `${open.url}/shared.txt`);
    await playground.page.reload();
    await playground.sees('.question', `${open.url}/shared.txt`);
    expect(open.requests).toHaveLength(2);
    expect(closed.requests).toEqual([]);
  });

  page('an archive is unpacked, and its path is that of the command line', async (playground) => {
    const text = `let t = builtins.fetchTarball "${open.url}/project.tar.gz"; in "\${t} \${toString (import t).answer}"`;
    await playground.evaluate(text);
    await press(playground, 'Allow once');
    await playground.seesValue('"/nix/store/k28j8bv3sf1dh1622imiallpf6fi9c8a-source 42"');
  });

  page('a server that does not let pages read it is named, with what to do', async (playground) => {
    await playground.evaluate(readFile(`${closed.url}/hello.txt`));
    await press(playground, 'Allow once');
    await playground.sees('.outcome', `${closed.host} does not let pages read it (it sends no CORS headers)`);
    await playground.sees('.outcome', 'download it and drop the file or folder on the page');
    expect(closed.requests).toEqual(['/hello.txt']);
    // The browser reports what it does not let through.
    const reported = playground.errors.splice(0);
    expect(reported.filter((error) => !error.includes(`${closed.url}/hello.txt`) && !error.includes('net::ERR_FAILED'))).toEqual([]);
  });

  page('a wrong hash is an error as Nix has it', async (playground) => {
    const hash = '0'.repeat(52);
    await playground.evaluate(`builtins.fetchurl { url = "${open.url}/hello.txt"; sha256 = "${hash}"; }`);
    await press(playground, 'Allow once');
    await playground.sees('.outcome', `hash mismatch in file downloaded from '${open.url}/hello.txt'`);
    await playground.sees('.outcome', 'got:       sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq');
  });

  page('who cancels, or writes on, is not asked any more', async (playground) => {
    await playground.evaluate(readFile(`${open.url}/hello.txt`));
    await question(playground).waitFor();
    await playground.page.getByRole('button', { name: 'Cancel' }).click();
    await playground.sees('.outcome', 'stopped');
    expect(await question(playground).count()).toBe(0);
    // While one writes, the focus stays; a refusal holds until an evaluation is asked for.
    await playground.write(`1 + builtins.stringLength (${readFile(`${open.url}/hello.txt`)})`);
    await question(playground).waitFor();
    expect(await focused(playground)).not.toBe('Refuse');
    await playground.page.keyboard.press('Escape');
    await playground.sees('.outcome', 'it was refused');
    await playground.page.keyboard.insertText(' + 0');
    await playground.sees('.status', 'Error: ');
    await playground.evaluate('7 * 6');
    await playground.seesValue('42');
    expect(open.requests).toEqual([]);
  });

  page('waiting for the answer takes no time of the limit', async (playground) => {
    await playground.page.evaluate(() =>
      localStorage.setItem('vixen-playground-preferences', JSON.stringify({ limits: { time: 1, memory: 512 } })),
    );
    await playground.page.reload();
    await playground.ready();
    await playground.evaluate(readFile(`${open.url}/hello.txt`));
    await question(playground).waitFor();
    await playground.page.waitForTimeout(2000);
    await press(playground, 'Allow once');
    await playground.seesValue('"hello\\n"');
  });

  page('the page itself connects to its own origin alone: what asks is not what fetches', async (playground) => {
    const outcome = (url: string) => playground.page.evaluate((target) => fetch(target).then(String, (error) => error.name), url);
    expect(await outcome(`${open.url}/hello.txt`)).toBe('TypeError');
    expect(open.requests).toEqual([]);
    expect(playground.errors.splice(0).join('\n')).toMatch(/connect-src 'self'/);
  });

  page('what the page cannot fetch, it says', async (playground) => {
    await playground.evaluate('builtins.fetchGit "https://example.org/a.git"');
    await playground.sees('.outcome', 'this page fetches by builtins.fetchurl and builtins.fetchTarball alone');
    await playground.evaluate('builtins.fetchTarball "https://example.org/a.tar.xz"');
    await playground.sees('.outcome', 'which pages cannot unpack');
    expect(await question(playground).count()).toBe(0);
  });
});

/** The fragment of a link to a text. */
const sharing = (text: string) => encodeShare({ active: 'default.nix', files: [{ name: 'default.nix', contents: text }] });
