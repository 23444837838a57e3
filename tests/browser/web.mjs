// The web pages: accessible in both colour schemes, without scripts, on a narrow screen and by keyboard; live.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { assertAccessible, base, journey, picture } from './browser.mjs';

const plan = '/plans/plan-climat-quartiers';
const file = `${process.env.PASSERELLE_CONTENT}/plan-climat-quartiers-2025.txt`;
const pages = {
  home: '/',
  plan,
  filtered: `${plan}?status=COMPLETED&category=1&lang=nl`,
  nothing: `${plan}?text=zzzz`,
  past: `${plan}?at=2999-01-01&lang=de`,
  measure: `${plan}/measures/3`,
  compare: `${plan}/compare?from=2999-01-01&lang=de`,
  embed: `/embed${plan}?lang=nl`,
  embedAxis: `/embed${plan}/axes/1`,
  embedMeasure: `/embed${plan}/measures/3`,
  missing: '/plans/plan-des-lacs?lang=en',
  desk: '/desk',
  document: '/desk/documents/plan-climat-quartiers-2025.txt?lang=nl',
  trial: '/desk/try?lang=de',
};

const rows = (page) => page.locator('.measures tbody tr:not(.group)');

for (const colorScheme of ['light', 'dark']) {
  journey(`every page is accessible in the ${colorScheme} scheme`, async ({ page }) => {
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(base + path);
      for (const details of await page.locator('details').all()) await details.evaluate((node) => { node.open = true; });
      await assertAccessible(page);
      await picture(page, `web-${name}-${colorScheme}`);
    }
  }, { context: { colorScheme }, ignoredErrors: /404/ });
}

journey('without scripts the form filters and the links lead on', async ({ page }) => {
  await page.goto(base);
  await page.getByRole('link', { name: 'Plan climat et quartiers 2025' }).click();
  await page.getByRole('checkbox', { name: 'Réalisé' }).check();
  await page.getByRole('button', { name: 'Afficher' }).click();
  assert.equal(new URL(page.url()).searchParams.get('status'), 'COMPLETED');
  assert.equal(await rows(page).count(), 10);
  await rows(page).first().getByRole('link').click();
  assert.match(await page.locator('h1').innerText(), /Mesure 1\s/);
}, { context: { javaScriptEnabled: false } });

journey('no page is wider than a screen of 360 pixels', async ({ page }) => {
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(base + path);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360, path);
    await picture(page, `web-${name}-360`);
  }
}, { context: { viewport: { width: 360, height: 740 } }, ignoredErrors: /404/ });

journey('a filter is applied while it is edited, and the address says so', async ({ page }) => {
  await page.goto(base + plan);
  await page.getByRole('checkbox', { name: 'Réalisé' }).check();
  await page.locator('[data-summary]', { hasText: '10 mesures' }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('status'), 'COMPLETED');
  await page.getByRole('searchbox', { name: 'Texte' }).fill('arbres');
  await page.waitForURL(/text=arbres/);
  assert.ok((await rows(page).count()) < 10);
  await page.reload();
  assert.ok(await page.getByRole('checkbox', { name: 'Réalisé' }).isChecked());
});

journey('the keyboard alone reaches a measure', async ({ page }) => {
  await page.goto(base + plan);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  await page.keyboard.press('Enter');
  const isMeasure = () => page.evaluate(() => document.activeElement.getAttribute('href')?.includes('/measures/1'));
  for (let presses = 0; presses < 60 && !(await isMeasure()); presses++) await page.keyboard.press('Tab');
  assert.ok(await isMeasure());
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/measures\/1/);
});

journey('a saved status appears on the dashboard without a reload', async ({ page }) => {
  const before = readFileSync(file, 'utf8');
  await page.goto(`${base}${plan}?lang=fr`);
  await page.evaluate(() => { globalThis.isSamePage = true; });
  const row = rows(page).filter({ has: page.getByRole('link', { name: /^Transformer les voies/ }) });
  await row.getByText('En cours').waitFor();
  try {
    writeFileSync(file, before.replace(/^(2\..*)En cours$/m, '$1Réalisé'));
    await row.getByText('Réalisé').waitFor();
    await page.getByText('En cours → Réalisé').waitFor();
    assert.ok(await page.evaluate(() => globalThis.isSamePage));
  } finally {
    writeFileSync(file, before);
  }
});

/** Two measures with the number 28. */
const broken = () => readFileSync(file, 'utf8').replace(/^29\./m, '28.');

journey('a save appears on the desk, with the line as written', async ({ page }) => {
  const before = readFileSync(file, 'utf8');
  await page.goto(`${base}/desk?lang=fr`);
  const row = page.locator('.documents tr').filter({ hasText: 'plan-climat-quartiers-2025.txt' });
  await row.getByText('Publié').waitFor();
  try {
    writeFileSync(file, broken());
    await row.getByText('Refusé').waitFor();
    await row.getByRole('link').click();
    await page.locator('mark', { hasText: /^28\./ }).waitFor();
    await assertAccessible(page);
    await picture(page, 'web-document-rejected');
  } finally {
    writeFileSync(file, before);
  }
  await page.getByText('La dernière version est publiée.').waitFor();
});

journey('a file that is tried shows its line and is not stored, without scripts too', async ({ page }) => {
  await page.goto(`${base}/desk?lang=fr`);
  await page.getByRole('link', { name: 'Essayer un fichier' }).click();
  const name = 'plan-climat-quartiers-2025.txt';
  await page.getByLabel('Fichier').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(broken()) });
  await page.getByRole('button', { name: 'Vérifier' }).click();
  await page.getByText('Ce fichier serait refusé.').waitFor();
  await page.locator('mark', { hasText: /^28\./ }).waitFor();
  await picture(page, 'web-trial-rejected');
}, { context: { javaScriptEnabled: false } });

journey('a file that is dropped onto the desk is tried', async ({ page }) => {
  await page.goto(`${base}/desk?lang=fr`);
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'plan-climat-quartiers-2025.txt', { type: 'text/plain' }));
    return data;
  }, broken());
  await page.dispatchEvent('main', 'drop', { dataTransfer: dropped });
  await page.getByText('Ce fichier serait refusé.').waitFor();
  assert.equal(new URL(page.url()).pathname, '/desk/try');
});

journey('two dates are compared by keyboard alone', async ({ page }) => {
  await page.goto(`${base}${plan}/compare?lang=fr`);
  await page.getByLabel('Première date').fill('2999-12-31');
  await page.keyboard.press('Enter');
  await page.getByText('Rien n’a changé entre les deux.').waitFor();
  assert.equal(new URL(page.url()).searchParams.get('from'), '2999-12-31');
});
