// The example `examples/live-plan`: its build, and journeys through it while its documents change and the service restarts.
// By hand: `PASSERELLE_BINARY=../../target/debug/passerelle node live-plan.mjs`.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { assertAccessible, journey, picture, repository } from './browser.mjs';
import { assertLighthouse } from './lighthouse.mjs';
import { freePort, npm, Service, until } from './service.mjs';
import { serveSite } from './site.mjs';

const example = repository('examples/live-plan');
const plan = 'plan-climat-quartiers-2025.txt';
/** Bytes of JavaScript of the first page, compressed with Brotli: what a phone loads before it shows the plan. */
const MAX_SCRIPT_BYTES = 90_000;

let service;
let app;
const port = await freePort();
const site = `http://127.0.0.1:${port}`;
const options = { hosts: [`127.0.0.1:${port}`] };
/** The console reports each request that fails while the service or the network is away. */
const interrupted = { ...options, ignoredErrors: /Failed to load resource|ERR_/ };

before(async () => {
  npm(example, 'lint');
  npm(example, 'build');
  const documents = `${example}/src/gql/persisted-documents.json`;
  service = await Service.create(['--trusted-documents', documents, '--only-trusted']);
  app = await serveSite(`${example}/dist`, { service: service.address, isApplication: true, port });
});

after(() => {
  app?.close();
  service?.remove();
});

const rows = (page) => page.locator('.measures > li');
const row = (page, label) => rows(page).filter({ has: page.locator('.label', { hasText: new RegExp(`^${label}$`) }) });
const hasStatus = (page, label, status) => row(page, label).locator('.status', { hasText: status }).waitFor();

/** Changes the status of a measure in the document. */
function changeStatus(number, from, to) {
  const line = new RegExp(`^(${number}\\..*)${from}$`, 'm');
  const text = service.read(plan);
  assert.match(text, line);
  service.save(plan, text.replace(line, `$1${to}`));
}

journey('the first page is the plan in the language of the reader', async ({ page }) => {
  const scripts = new Map();
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), await response.body());
  });
  await page.goto(site);
  await page.getByRole('heading', { level: 1, name: 'Plan climat et quartiers 2025' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/fr/plans/plan-climat-quartiers-2025');
  assert.equal(await rows(page).count(), 10);
  assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
  await page.getByText('En direct').waitFor();
  await page.waitForLoadState('load');
  const bytes = [...scripts.values()].reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  assert.ok(scripts.size > 0 && bytes < MAX_SCRIPT_BYTES, `${bytes} bytes of JavaScript`);
  console.log(`# ${bytes} bytes of JavaScript on the first page, with Brotli`);
  await assertAccessible(page);
  await picture(page, 'live-plan');
  await page.setViewportSize({ width: 360, height: 740 });
  await assertAccessible(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), 'no horizontal scrolling');
}, options);

journey('facets stay useful while filtering, and the address says what is shown', async ({ page }) => {
  await page.goto(site);
  const option = (name) => page.getByRole('checkbox', { name });
  await option('À faire 13').check();
  await page.getByRole('heading', { name: '13 mesures' }).waitFor();
  assert.match(page.url(), /\?status=NOT_STARTED$/);
  // The counts of the other statuses stay, those of the axes follow the filter.
  await option('En cours 17').waitFor();
  await option(/^Soigner les parcs et le rivage 4$/).check();
  await page.getByRole('heading', { name: '4 mesures' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: '4 mesures' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: '13 mesures' }).waitFor();
}, options);

journey('pages of the list have addresses of their own', async ({ page }) => {
  await page.goto(`${site}/fr/plans/plan-climat-quartiers-2025`);
  await page.getByRole('link', { name: 'Suivant' }).click();
  await row(page, '11').waitFor();
  await page.getByRole('link', { name: 'Suivant' }).click();
  await row(page, '21').waitFor();
  await page.getByRole('link', { name: 'Précédent' }).click();
  await row(page, '11').waitFor();
  assert.equal(await rows(page).count(), 10);
}, options);

journey('a measure has its history, its neighbours and its translation', async ({ page }) => {
  await page.goto(`${site}/fr/plans/plan-climat-quartiers-2025`);
  await row(page, '3').getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: /^Créer une pépinière communale/ }).waitFor();
  await page.getByRole('heading', { name: 'Aussi inscrite ici' }).waitFor();
  assert.equal(await page.locator('.history svg rect').count(), 1);
  assert.match(await page.locator('.history li').innerText(), /→ En cours/);
  await assertAccessible(page);
  await page.getByRole('link', { name: 'Suivant' }).click();
  await page.getByRole('heading', { level: 1, name: /^Dresser l’inventaire/ }).waitFor();
  await page.getByRole('link', { name: 'Nederlands' }).click();
  await page.getByRole('heading', { level: 1, name: /^De waardevolle bomen/ }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'nl');
}, options);

journey('search shows snippets, and a hit leads to its heading', async ({ page }) => {
  await page.goto(`${site}/fr/contact`);
  await page.getByRole('searchbox').fill('mallette');
  await page.keyboard.press('Enter');
  const hit = page.locator('.hits li').filter({ has: page.locator('mark') }).first();
  await hit.waitFor();
  await page.getByRole('navigation', { name: 'Filtres' }).getByRole('link', { name: /^Services de support 1$/ }).click();
  const link = page.locator('.hits a').first();
  const anchor = new URL(await link.getAttribute('href'), site).hash.slice(1);
  assert.ok(anchor.length > 0);
  await link.click();
  const heading = page.locator(`[id="${anchor}"]`);
  await heading.waitFor();
  await until(async () => ((await heading.boundingBox())?.y ?? 9999) < 700, 'the heading is on the screen');
  await page.goto(`${site}/fr/search?query=fetez`);
  await page.locator('.hits li').first().waitFor();
}, options);

journey('a page has its blocks, and its images have sizes and a placeholder', async ({ page }) => {
  await page.goto(`${site}/fr/cartographier-l-ombre-et-l-eau`);
  const image = page.getByRole('img', { name: /^Dessin de bord de mer/ });
  await image.scrollIntoViewIfNeeded();
  await until(() => image.evaluate((element) => element.complete && element.naturalWidth > 0), 'the image is loaded');
  assert.match(await image.getAttribute('srcset'), / 640w/);
  assert.ok(Number(await image.getAttribute('width')) > 0 && Number(await image.getAttribute('height')) > 0);
  assert.match(await image.getAttribute('style'), /background/);
  // A grid, an item in it, and the text in the item.
  await page.locator('.section .section', { hasText: 'L’ombre à midi' }).waitFor();
  assert.equal(await page.getByText('L’ombre à midi').count(), 1);
  await assertAccessible(page);
  // A link inside HTML of the API stays in the application.
  await page.evaluate(() => (globalThis.isSameDocument = true));
  await page.locator('article').getByRole('link', { name: 'Contact' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.isSameDocument), true);
}, options);

journey('a change appears without a reload, also after a restart and after a time offline', async ({ page, context }) => {
  await page.goto(`${site}/fr/plans/plan-climat-quartiers-2025`);
  await page.getByText('En direct').waitFor();
  await hasStatus(page, '5', 'À faire');

  changeStatus(5, 'À faire', 'Réalisé');
  await hasStatus(page, '5', 'Réalisé');
  // Lists and counts follow too.
  await page.getByRole('checkbox', { name: 'Réalisé 11' }).waitFor();
  await page.getByText('11 / 40').waitFor();

  await service.stop();
  await page.getByText('Hors ligne').waitFor();
  changeStatus(7, 'En cours', 'Réalisé');
  await service.start();
  await page.getByText('En direct').waitFor();
  await hasStatus(page, '7', 'Réalisé');
  await page.getByText('12 / 40').waitFor();

  await row(page, '8').getByRole('link').click();
  await page.getByRole('heading', { name: 'Historique' }).waitFor();
  await context.setOffline(true);
  changeStatus(8, 'PPS À faire', 'PPS En cours');
  // What was read before is still there.
  await page.goBack();
  await row(page, '8').waitFor();
  await page.goForward();
  await page.getByRole('heading', { name: 'Historique' }).waitFor();
  await page.goBack();
  await context.setOffline(false);
  await hasStatus(page, '8', 'En cours');
  await page.getByRole('checkbox', { name: 'En cours 17' }).waitFor();
  await page.getByText('En direct').waitFor();
}, interrupted);

test('Lighthouse finds nothing to mend', { timeout: 120_000 }, async () => {
  // The document, three scripts, two queries and the subscription.
  await assertLighthouse(`${site}/fr/plans/plan-climat-quartiers-2025`, { maxRequests: 7 });
});

test('only the documents of the build are answered', async () => {
  const query = JSON.stringify({ query: '{ plan { title } }' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${site}/graphql`, { method: 'POST', headers, body: query });
  assert.equal((await response.json()).errors[0].extensions.code, 'PERSISTED_QUERY_ID_REQUIRED');
});
