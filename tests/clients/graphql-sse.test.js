// The official client of GraphQL over Server-Sent Events, in distinct connections mode: npm package `graphql-sse`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'graphql-sse';
import { testEveryClient } from './live.js';
import { drop, url } from './target.js';

function connect(context) {
  const client = createClient({ url: url(), retryAttempts: 0 });
  context.after(() => client.dispose());
  return client;
}

test('changes are replayed, then told as they happen', async (context) => {
  const query = 'subscription ($since: Int) { changes(since: $since) { revision kind after } }';
  const events = connect(context).iterate({ query, variables: { since: 0 } });
  const first = (await events.next()).value;
  assert.equal(first.errors, undefined);
  assert.equal(first.data.changes.revision, 1);
  drop('par-evenements.md', '# Par événements\n');
  for await (const { data } of events) {
    if (data.changes.after === 'Par événements') {
      assert.equal(data.changes.kind, 'PAGE_ADDED');
      break;
    }
  }
});

testEveryClient(connect);

for (const [what, query, code] of [
  ['a document that is not GraphQL', 'subscription { changes(', 'GRAPHQL_PARSE_FAILED'],
  ['a field that there is not', 'subscription { weather }', 'GRAPHQL_VALIDATION_FAILED'],
]) {
  test(`${what} is refused`, async (context) => {
    // By the status of the answer, of which the client makes an error, or by the errors of one event.
    const outcome = await connect(context)
      .iterate({ query })
      .next()
      .then(({ value }) => value.errors, (error) => error);
    if (Array.isArray(outcome)) {
      assert.equal(outcome[0].extensions.code, code);
    } else {
      assert.equal(outcome.response.status, 400, String(outcome));
      assert.equal((await outcome.response.json()).errors[0].extensions.code, code);
    }
  });
}
