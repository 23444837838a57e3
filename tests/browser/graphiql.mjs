// GraphiQL, the explorer of the service.
import assert from 'node:assert/strict';
import { base, journey } from './browser.mjs';

journey('GraphiQL opens and answers a query', async ({ page }) => {
  await page.goto(`${base}/graphiql?query=${encodeURIComponent('{ plan { title } }')}`);
  await page.getByRole('button', { name: /Execute/ }).click();
  const result = page.locator('.result-window');
  await result.getByText('Plan climat et quartiers 2025').waitFor();
  assert.doesNotMatch(await result.innerText(), /errors/);
});
