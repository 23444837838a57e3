// The audits of the text on GraphQL over HTTP, by the npm package `graphql-http`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { url } from './target.js';

const audits = serverAudits({ url: url() });

test('there are 61 audits', () => assert.equal(audits.length, 61));

// Those that say MAY or SHOULD too: none is a warning or a notice.
for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
