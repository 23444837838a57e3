// Apollo Client 4: queries, automatic persisted queries, subscriptions over multipart HTTP and over WebSocket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { drop, given, operations, socketUrl, url } from './target.js';

function apollo(context, link) {
  const client = new ApolloClient({ link, cache: new InMemoryCache({ possibleTypes: {} }) });
  context.after(() => client.stop());
  return client;
}

/** `fetch`, and what it was asked for. */
function watched() {
  const asked = [];
  const watchedFetch = (address, options) => {
    asked.push({ method: options.method, address: String(address), body: options.body });
    return fetch(address, options);
  };
  return { asked, fetch: watchedFetch };
}

test('every example is answered', async (context) => {
  const client = apollo(context, new HttpLink({ uri: url() }));
  for (const { name, text, variables } of operations().filter((one) => !one.isLive)) {
    const { data, error } = await client.query({ query: gql(text), variables });
    assert.equal(error, undefined, name);
    assert.ok(data, name);
  }
});

test('an error is told with its code', async (context) => {
  const client = apollo(context, new HttpLink({ uri: url() }));
  const refused = await client.query({ query: gql('{ measures(first: 500) { totalCount } }') }).catch((error) => error);
  assert.ok(CombinedGraphQLErrors.is(refused), String(refused));
  assert.equal(refused.errors[0].extensions.code, 'BAD_USER_INPUT');
});

test('a document is sent once, and then named', async (context) => {
  const { asked, fetch } = watched();
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const named = new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
  const client = apollo(context, ApolloLink.from([named, new HttpLink({ uri: url(), fetch })]));
  const query = gql(`query Named { measure(number: 9) { id number } measures(first: ${1 + (process.pid % 90)}) { totalCount } }`);
  for (let round = 0; round < 2; round += 1) {
    const { data } = await client.query({ query, fetchPolicy: 'network-only' });
    assert.equal(data.measure.number, 9);
  }
  const sent = asked.map(({ method, address, body }) => {
    const hasText = method === 'GET' ? address.includes('query=') : Boolean(JSON.parse(body).query);
    return hasText ? 'text' : 'hash';
  });
  assert.deepEqual(sent, ['hash', 'text', 'hash']);
});

/** What is told of a page that is dropped while somebody listens. */
function told(client, title, file) {
  const query = gql('subscription Changes($since: Int) { changes(since: $since) { id revision kind after } }');
  return new Promise((resolve, reject) => {
    let isFirst = true;
    const listening = client.subscribe({ query, variables: { since: 0 } }).subscribe({
      next: ({ data, error }) => {
        if (error) reject(error);
        if (isFirst) drop(file, `# ${title}\n`);
        isFirst = false;
        if (data?.changes.after === title) {
          listening.unsubscribe();
          resolve(data.changes.kind);
        }
      },
      error: reject,
      complete: () => reject(new Error('complete before the page was told')),
    });
  });
}

// What Apollo Client does unless told otherwise.

test('changes come over multipart HTTP', async (context) => {
  const client = apollo(context, new HttpLink({ uri: url() }));
  assert.equal(await told(client, 'Par morceaux', 'par-morceaux.md'), 'PAGE_ADDED');
});

test('a subscription that is not valid is refused over multipart HTTP', async (context) => {
  const client = apollo(context, new HttpLink({ uri: url() }));
  const refused = await new Promise((resolve, reject) => {
    client.subscribe({ query: gql('subscription { weather }') }).subscribe({
      next: ({ data, error }) => (error ? resolve(error) : reject(new Error(JSON.stringify(data)))),
      error: resolve,
    });
  });
  assert.match(String(refused), /weather/);
});

test('changes come over a WebSocket', async (context) => {
  const socket = createClient({ url: socketUrl('/ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  context.after(() => socket.dispose());
  const client = apollo(context, new GraphQLWsLink(socket));
  assert.equal(await told(client, 'Par la prise', 'par-la-prise.md'), 'PAGE_ADDED');
});

test('the cache of Apollo Client has the past and the present as two objects', async (context) => {
  const file = 'plan-climat-quartiers-2025.txt';
  const read = () => readFileSync(join(given('PASSERELLE_CONTENT'), file), 'utf8');
  const client = apollo(context, new HttpLink({ uri: url() }));
  const ask = async (text) => (await client.query({ query: gql(text), fetchPolicy: 'network-only' })).data;
  const { revision, plan } = await ask('query Before { revision { at } plan(lang: FR) { id title } }');
  const before = read();
  context.after(() => drop(file, before));
  drop(file, before.replace(plan.title, `${plan.title} bis`));
  const both = `query Both { now: plan(lang: FR) { id title } past: plan(lang: FR, asOf: "${revision.at}") { id title } }`;
  let found = {};
  while (found.now?.title !== `${plan.title} bis`) found = await ask(both);
  assert.equal(found.past.title, plan.title);
  assert.notEqual(found.past.id, found.now.id);
});
