// Lighthouse on a page of an example, with what does not depend on the speed of the machine.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import lighthouse from 'lighthouse';
import { freePort } from './service.mjs';

/** Least score of each category, from 0 to 1. */
const LEAST_SCORE = 0.95;
/** Largest sum of unexpected layout shifts that Lighthouse calls good. A loaded machine moves more than a quiet one. */
const MAX_LAYOUT_SHIFT = 0.1;
const CATEGORIES = ['accessibility', 'best-practices', 'seo'];
const AUDITS = ['cumulative-layout-shift', 'network-requests', 'render-blocking-insight'];

/** Fails if a category is below its least score, if the page moves while it loads, or if a request delays its first paint. */
export async function assertLighthouse(url, { maxRequests }) {
  const port = await freePort();
  const sandbox = process.getuid() === 0 ? ['--no-sandbox'] : [];
  const executablePath = process.env.PASSERELLE_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: [...sandbox, `--remote-debugging-port=${port}`] });
  try {
    const settings = { onlyCategories: CATEGORIES, onlyAudits: AUDITS, throttlingMethod: 'provided' };
    const { lhr } = await lighthouse(url, { port, logLevel: 'error', ...settings });
    assert.equal(lhr.runtimeError, undefined);
    const { audits, categories } = lhr;
    for (const name of CATEGORIES) {
      const failed = categories[name].auditRefs.map(({ id }) => audits[id]).filter(({ score }) => score !== null && score < 1);
      const reasons = failed.map(({ id, title }) => `${id}: ${title}`).join('; ');
      assert.ok(categories[name].score >= LEAST_SCORE, `${url} ${name} ${categories[name].score}: ${reasons}`);
    }
    const shift = audits['cumulative-layout-shift'].numericValue;
    assert.ok(shift < MAX_LAYOUT_SHIFT, `${url} moves by ${shift}`);
    const requests = audits['network-requests'].details.items.map((item) => item.url).filter((one) => one.startsWith('http'));
    assert.ok(requests.length <= maxRequests, `${requests.length} requests:\n${requests.join('\n')}`);
    assert.deepEqual((audits['render-blocking-insight'].details?.items ?? []).map((item) => item.url), []);
    const scores = CATEGORIES.map((name) => `${name} ${Math.round(100 * categories[name].score)}`).join(', ');
    console.log(`# Lighthouse ${new URL(url).pathname}: ${scores}, layout shift ${shift.toFixed(3)}, ${requests.length} requests`);
  } finally {
    await browser.close();
  }
}
