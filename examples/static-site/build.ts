// Builds the site. After the first time only what `changes(since:)` says, and nothing if nothing changed.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type ChangesQuery, ChangesDocument } from './src/gql/graphql.ts';
import { query } from './src/service.ts';

/** The revision of the last build. */
const MEMORY = '.build.json';

async function changesSince(since: number) {
  const changes: ChangesQuery['changes']['nodes'] = [];
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
// Null if any page can show the change, as the title in the navigation does.
const affected = changes.map(({ affectedUrls }) => affectedUrls);
if (since === null || affected.includes(null)) {
  build(null);
} else if (changes.length > 0) {
  build([...new Set(affected.flatMap((urls) => urls ?? []))]);
}
writeFileSync(MEMORY, String(revision));
console.log(`built at revision ${revision}`);
