// Chromium for the journeys of this folder.
//
// A journey fails on an error in the console, on an exception in the page, and on a request to another host.
// By hand, with a service that serves a copy of the demo content: `node graphiql.mjs http://127.0.0.1:8080`. Scripts of examples
// need no address: they start a service of their own (service.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The address of the service without a path, for example `http://127.0.0.1:8080`. */
export const base = process.argv[2];

/** A path of the repository. */
export const repository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Milliseconds. Longer than any step takes on a busy machine. */
export const TIMEOUT = 20_000;

let browser;
after(() => browser?.close());

/** Starts the browser once for all journeys of a file. */
async function launched() {
  // Chromium refuses to run as root with its sandbox. The journeys load only pages of this machine.
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  browser ??= await chromium.launch({ executablePath: process.env.PASSERELLE_CHROMIUM ?? '/usr/bin/chromium', args });
  return browser;
}

/**
 * A test with a page of its own, which has no cookies and an empty cache.
 *
 * Options: `hosts`, other hosts that the page may send requests to; `ignoredErrors`, a pattern of console errors that the
 * journey provokes, such as failed requests while offline; `context`, options of Playwright's `newContext`.
 */
export function journey(name, steps, { hosts = [], ignoredErrors, context: options = {} } = {}) {
  test(name, { timeout: 120_000 }, async () => {
    const context = await (await launched()).newContext({ locale: 'fr-BE', reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(TIMEOUT);
    const page = await context.newPage();
    const allowed = new Set([...hosts, ...(base ? [new URL(base).host] : [])]);
    const problems = [];
    page.on('console', (message) => {
      const text = `${message.text()} ${message.location().url}`;
      if (message.type() === 'error' && !ignoredErrors?.test(text)) problems.push(text);
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && !allowed.has(host)) problems.push(`request to ${request.url()}`);
    });
    try {
      await steps({ page, context });
      assert.deepEqual(problems, []);
    } catch (error) {
      // The picture of the page and its problems usually explain why a step failed.
      await page.screenshot({ path: fileURLToPath(new URL(`screenshots/failed-${name.replace(/\W+/g, '-')}.png`, import.meta.url)) });
      throw problems.length > 0 ? new Error(`${error}\nproblems of the page: ${problems.join('\n')}`, { cause: error }) : error;
    } finally {
      await context.close();
    }
  });
}

/** Fails if axe-core finds a violation of WCAG 2.2 AA on the page. */
export async function assertAccessible(page) {
  // Evaluated by the debugger, because the content security policy of a page forbids scripts that are added to it.
  await page.evaluate(axeSource);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const violations = await page.evaluate(async (values) => {
    const results = await globalThis.axe.run(document, { runOnly: { type: 'tag', values } });
    return results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
  }, tags);
  assert.deepEqual(violations, [], page.url());
}

/** Takes a screenshot for a reader: `screenshots/NAME.png`, which git ignores. */
export async function picture(page, name) {
  await page.screenshot({ path: fileURLToPath(new URL(`screenshots/${name}.png`, import.meta.url)), fullPage: true });
}
