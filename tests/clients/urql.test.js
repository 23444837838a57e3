// urql: queries by hash and as links, subscriptions by the official clients of both transports.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange as graphcache } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';
import { drop, given, operations, socketUrl, url } from './target.js';

/**
 * `fetch`, and what it was asked for. Without urql's signal: urql aborts what is complete too, which then is a rejection
 * that it leaves to nobody.
 */
function watched() {
  const asked = [];
  const watchedFetch = (address, options) => {
    asked.push({ method: options?.method ?? 'GET', address: String(address), body: options?.body });
    return fetch(address, { ...options, signal: undefined });
  };
  return { asked, fetch: watchedFetch };
}

test('every example is answered, as POST and as GET', async () => {
  for (const preferGetMethod of [false, 'force']) {
    const { asked, fetch } = watched();
    const client = new Client({ url: url(), exchanges: [cacheExchange, fetchExchange], preferGetMethod, fetch });
    for (const { name, text, variables } of operations().filter(({ isLive }) => !isLive)) {
      const { data, error } = await client.query(text, variables);
      assert.equal(error, undefined, `${name}: ${error}`);
      assert.ok(data, name);
    }
    assert.deepEqual(new Set(asked.map(({ method }) => method)), new Set([preferGetMethod ? 'GET' : 'POST']));
  }
});

test('a document is sent once, and then named', async () => {
  const { asked, fetch } = watched();
  const exchanges = [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange];
  const client = new Client({ url: url(), exchanges, preferGetMethod: false, fetch, requestPolicy: 'network-only' });
  const query = `query Named { measure(number: 7) { id number status } measures(first: ${1 + (process.pid % 90)}) { totalCount } }`;
  for (let round = 0; round < 2; round += 1) {
    const { data, error } = await client.query(query, {});
    assert.equal(error, undefined, String(error));
    assert.equal(data.measure.number, 7);
  }
  const hasText = ({ method, address, body }) => {
    return method === 'GET' ? new URL(address).searchParams.has('query') : Boolean(JSON.parse(body).query);
  };
  assert.deepEqual(asked.map(hasText), [false, true, false]);
});

/** The first event of a subscription, and one more. */
function two(client, { text, variables }) {
  return new Promise((resolve, reject) => {
    const seen = [];
    const { unsubscribe } = client.subscription(text, variables).subscribe(({ data, error }) => {
      if (error) reject(error);
      if (seen.push(data) === 2) {
        // Later: what is aborted while it tells something is a rejection that urql leaves to nobody.
        setImmediate(() => {
          unsubscribe();
          resolve(seen.slice(0, 2));
        });
      }
    });
  });
}

const everything = { text: 'subscription All($since: Int) { changes(since: $since) { id revision kind } }', variables: { since: 0 } };

test('changes come over Server-Sent Events, by graphql-sse', async (context) => {
  const events = createSseClient({ url: url(), retryAttempts: 0 });
  context.after(() => events.dispose());
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: events.subscribe({ query, variables }, sink) }),
  });
  const client = new Client({ url: url(), exchanges: [subscriptionExchange({ forwardSubscription })], preferGetMethod: false });
  assert.deepEqual((await two(client, everything)).map(({ changes }) => changes.revision), [1, 1]);
});

test('changes come over Server-Sent Events, by urql itself', async () => {
  const client = new Client({ url: url(), exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
  assert.deepEqual((await two(client, everything)).map(({ changes }) => changes.revision), [1, 1]);
});

test('changes come over a WebSocket, by graphql-ws', async (context) => {
  const socket = createSocketClient({ url: socketUrl(), webSocketImpl: WebSocket, retryAttempts: 0 });
  context.after(() => socket.dispose());
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  });
  const client = new Client({ url: url(), exchanges: [subscriptionExchange({ forwardSubscription })], preferGetMethod: false });
  assert.deepEqual((await two(client, everything)).map(({ changes }) => changes.revision), [1, 1]);
});

test('an error is told with its code', async () => {
  const { fetch } = watched();
  const client = new Client({ url: url(), exchanges: [fetchExchange], preferGetMethod: false, fetch });
  const { error } = await client.query('{ measures(first: 500) { totalCount } }', {});
  assert.equal(error.graphQLErrors[0].extensions.code, 'BAD_USER_INPUT');
});

test('graphcache has the past and the present as two objects', async (context) => {
  const file = 'plan-climat-quartiers-2025.txt';
  const read = () => readFileSync(join(given('PASSERELLE_CONTENT'), file), 'utf8');
  const client = new Client({ url: url(), exchanges: [graphcache({}), fetchExchange], preferGetMethod: false, requestPolicy: 'network-only' });
  const ask = async (text) => (await client.query(text, {})).data;
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
