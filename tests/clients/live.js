// What every client of a live transport is answered, whichever it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

/** Tests with what connects a client for a test. */
export function testEveryClient(connect) {
  test('a query is answered once and complete', async (context) => {
    const answers = [];
    for await (const answer of connect(context).iterate({ query: '{ plan { title } }' })) answers.push(answer);
    assert.deepEqual(answers.map(({ data }) => data.plan.title), ['Plan climat et quartiers 2025']);
  });

  test('sync is told at once', async (context) => {
    const events = connect(context).iterate({ query: 'subscription { sync { state revision { number } } }' });
    const { value } = await events.next();
    assert.equal(typeof value.data.sync.revision.number, 'number');
    await events.return();
  });
}
