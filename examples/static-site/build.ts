// Builds the site. After the first time only what `changes(since:)` says, and nothing if nothing changed.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ChangesQuery, ChangesDocument } from './src/gql/graphql.ts';
import { query } from './src/service.ts';

type Change = ChangesQuery['changes']['nodes'][number];

/** The revision of the last build. */
const MEMORY = '.build.json';

/** Returns the addresses that a change concerns. Null if it can concern any page, as the title in the navigation does. */
function addressesOf({ kind, field, url, node }: Change): string[] | null {
  if (url === null) return null;
  if (kind === 'STATUS_CHANGED' && node && 'categories' in node) {
    return [url, node.plan.url, ...node.categories.map((category) => category.url)];
  }
  return kind === 'PAGE_CHANGED' && field === 'content' ? [url] : null;
}

async function changesSince(since: number) {
  const changes: Change[] = [];
  for (let after: string | null = null; ; ) {
    const page: ChangesQuery = await query(ChangesDocument, { since, after });
    changes.push(...page.changes.nodes);
    after = page.changes.pageInfo.endCursor;
    if (!page.changes.pageInfo.hasNextPage) return { changes, revision: page.revision.number };
  }
}

function build(only: string[] | null) {
  const next = 'dist-next';
  const variables = { OUT: next, ONLY: only ? JSON.stringify(only) : '' };
  execFileSync('astro', ['build'], { env: { ...process.env, ...variables }, stdio: 'inherit', shell: true });
  // Pages that were not built again stay. After a full build nothing of the old site does.
  if (!only) rmSync('dist', { recursive: true, force: true });
  cpSync(next, 'dist', { recursive: true });
  rmSync(next, { recursive: true });
}

const since = existsSync(MEMORY) && existsSync('dist') ? Number(readFileSync(MEMORY, 'utf8')) : null;
const { changes, revision } = await changesSince(since ?? 0);
const addresses = changes.map(addressesOf);
if (since === null || addresses.includes(null)) {
  build(null);
} else if (changes.length > 0) {
  build([...new Set(addresses.flatMap((some) => some ?? []))]);
}
writeFileSync(MEMORY, String(revision));
console.log(`built at revision ${revision}`);
