// The example `examples/static-site`: its build, and the site in a browser. Every link leads somewhere, and the HTML is valid.
// By hand: `PASSERELLE_BINARY=../../target/debug/passerelle node static-site.mjs`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { assertAccessible, journey, picture, repository } from './browser.mjs';
import { assertLighthouse } from './lighthouse.mjs';
import { npm, Service } from './service.mjs';
import { serveSite } from './site.mjs';

const example = repository('examples/static-site');
const dist = join(example, 'dist');
const plan = 'plan-climat-quartiers-2025.txt';
const planPath = 'fr/plans/plan-climat-quartiers-2025';

let service;
let site;
const options = { hosts: [] };

/** Builds what `changes(since:)` says. */
const update = () => npm(example, 'update', { SERVICE: service.address });

before(async () => {
  rmSync(dist, { recursive: true, force: true });
  // The start pages of the demo have the slug `index`, and this site has them at `/fr` and `/nl`.
  service = await Service.create(['--page-url', '/{lang}/{slug},fr:index=/fr,nl:index=/nl'], (address) => ['--asset-url', address]);
  npm(example, 'build', { SERVICE: service.address });
  // The linter needs the types that the build generates.
  npm(example, 'lint');
  site = await serveSite(dist);
  options.hosts.push(new URL(site.url).host, new URL(service.address).host);
});

after(() => {
  site?.close();
  service?.remove();
});

const files = () => readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.html'));
const read = (name) => readFileSync(join(dist, name), 'utf8');

test('every route of the service is a page and in the sitemap', async () => {
  const { routes } = await service.query('{ routes(first: 1000) { nodes { url updatedAt } } }');
  const sitemap = read('sitemap.xml');
  assert.ok(routes.nodes.length > 100);
  for (const { url, updatedAt } of routes.nodes) {
    assert.equal((await fetch(site.url + url)).status, 200, url);
    assert.ok(sitemap.includes(`${url}</loc><lastmod>${updatedAt}</lastmod>`), url);
  }
});

test('the HTML is valid', async () => {
  const validator = new HtmlValidate({ extends: ['html-validate:standard'] });
  const problems = [];
  for (const name of files()) {
    const report = await validator.validateFile(join(dist, name));
    for (const { messages } of report.results) {
      problems.push(...messages.map(({ line, column, ruleId, message }) => `${name}:${line}:${column} ${ruleId}: ${message}`));
    }
  }
  assert.deepEqual(problems, []);
});

test('every link leads to a page and to its heading', async () => {
  const checked = new Map();
  const broken = [];
  const load = async (url) => {
    const response = await fetch(url);
    return { status: response.status, text: await response.text() };
  };
  for (const name of files()) {
    const address = `${site.url}/${name}`;
    const links = read(name).matchAll(/ (?:href|src)="([^"]+)"/g);
    for (const link of new Set([...links].map(([, value]) => value.replaceAll('&amp;', '&')))) {
      const url = new URL(link, address);
      // Other sites, mail and the public address of this one are not on this machine.
      if (![new URL(site.url).host, new URL(service.address).host].includes(url.host)) continue;
      const page = url.href.split('#')[0];
      if (!checked.has(page)) checked.set(page, await load(page));
      const { status, text } = checked.get(page);
      const hasAnchor = url.hash === '' || text.includes(` id="${decodeURIComponent(url.hash.slice(1))}"`);
      if (status !== 200 || !hasAnchor) broken.push(`${name}: ${link}`);
    }
  }
  assert.ok(checked.size > 100, `${checked.size} addresses`);
  assert.deepEqual(broken, []);
});

journey('the site has navigation, translations, trainings, a service and a 404', async ({ page }) => {
  await page.goto(site.url);
  await page.getByRole('heading', { level: 1, name: 'Plan climat et quartiers 2025' }).waitFor();
  await assertAccessible(page);
  await picture(page, 'static-site');
  await page.getByRole('link', { name: 'Accueil', exact: true }).click();
  await page.getByRole('link', { name: 'Nederlands' }).click();
  await page.getByRole('heading', { level: 1, name: /^Leren wijk maken/ }).waitFor();
  await page.goto(`${site.url}/fr/saq`);
  await page.getByText('L’Atelier des Marées').first().waitFor();
  await assertAccessible(page);
  await page.getByRole('contentinfo').getByRole('link', { name: 'formations' }).click();
  await page.getByText('Durée du module, par exemple 2 jours').first().waitFor();
  assert.deepEqual(await page.getByRole('definition').allInnerTexts(), ['1 jour', '40 €', '2 jours', '90 €']);
  await assertAccessible(page);
  const missing = await page.goto(`${site.url}/fr/nowhere`);
  assert.equal(missing.status(), 404);
  await page.getByRole('heading', { name: '404' }).waitFor();
}, { ...options, ignoredErrors: /404/ });

test('Lighthouse finds nothing to mend', { timeout: 120_000 }, async () => {
  // The document, and images of the page.
  await assertLighthouse(`${site.url}/${planPath}`, { maxRequests: 2 });
  await assertLighthouse(`${site.url}/fr/cartographier-l-ombre-et-l-eau`, { maxRequests: 12 });
});

test('only pages that a change concerns are built again', async () => {
  const written = (name) => statSync(join(dist, name)).mtimeMs;
  const concerned = [`${planPath}.html`, `${planPath}/measures/5.html`, `${planPath}/categories/1.1.a.html`];
  const others = [`${planPath}/measures/9.html`, 'fr/contact.html', 'fr/saq.html'];
  const times = (names) => names.map(written);
  const [old, untouched] = [times(concerned), times(others)];

  const nothing = update();
  assert.doesNotMatch(nothing, /page\(s\) built/);
  assert.deepEqual(times(concerned), old);

  await service.saved(plan, service.read(plan).replace(/^(5\..*)À faire$/m, '$1Réalisé'));
  update();
  assert.match(read(`${planPath}/measures/5.html`), /Réalisé/);
  assert.match(read(`${planPath}.html`), /11 \/\s*40/);
  assert.ok(times(concerned).every((time, index) => time > old[index]));
  assert.deepEqual(times(others), untouched);
});

test('a renamed page redirects, and a removed one is gone', async () => {
  const text = service.read('contact.md');
  await service.saved('contact.md', text.replace('translationKey: contact', 'translationKey: ecrire'));
  update();
  const { redirects } = await service.query('{ redirects { nodes { url canonicalUrl } } }');
  assert.deepEqual(redirects.nodes, [{ url: '/fr/contact', canonicalUrl: '/fr/ecrire' }]);
  const former = await (await fetch(`${site.url}/fr/contact`)).text();
  assert.match(former, /http-equiv="refresh" content="0;url=\/fr\/ecrire"/);
  assert.equal((await fetch(`${site.url}/fr/ecrire`)).status, 200);

  await service.saved('equipe.md');
  update();
  assert.equal((await fetch(`${site.url}/fr/equipe`)).status, 404);
});
