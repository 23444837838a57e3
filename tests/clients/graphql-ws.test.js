// The official client of `graphql-transport-ws`: npm package `graphql-ws`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { testEveryClient } from './live.js';
import { drop, socketUrl } from './target.js';

/** A client that does not try again: what goes wrong is told. */
function connect(context, path = '/ws', options = {}) {
  const client = createClient({ url: socketUrl(path), webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  context.after(() => client.dispose());
  return client;
}

for (const path of ['', '/ws']) {
  test(`at /graphql${path} changes are replayed, then told as they happen`, async (context) => {
    const client = connect(context, path);
    const query = 'subscription ($since: Int) { changes(since: $since) { revision kind after } }';
    const events = client.iterate({ query, variables: { since: 0 } });
    const first = (await events.next()).value;
    assert.equal(first.errors, undefined);
    assert.equal(first.data.changes.revision, 1);
    assert.ok(first.extensions.revision >= 1);
    const title = `Par WebSocket ${path.length}`;
    drop(`par-websocket-${path.length}.md`, `# ${title}\n`);
    for await (const { data } of events) {
      if (data.changes.after === title) {
        assert.equal(data.changes.kind, 'PAGE_ADDED');
        break;
      }
    }
  });
}

testEveryClient(connect);

test('several operations share a connection', async (context) => {
  const client = connect(context);
  const ask = async (number) => {
    const events = client.iterate({ query: 'query ($number: Int!) { measure(number: $number) { number } }', variables: { number } });
    return (await events.next()).value.data.measure.number;
  };
  const numbers = [1, 2, 3, 4, 5];
  assert.deepEqual(await Promise.all(numbers.map(ask)), numbers);
});

for (const [what, query, code] of [
  ['a document that is not GraphQL', 'subscription { changes(', 'GRAPHQL_PARSE_FAILED'],
  ['a field that there is not', 'subscription { weather }', 'GRAPHQL_VALIDATION_FAILED'],
]) {
  test(`${what} is refused with an error message`, async (context) => {
    const client = connect(context);
    const refused = await new Promise((resolve, reject) => {
      client.subscribe(
        { query },
        { next: (value) => reject(new Error(`answered: ${JSON.stringify(value)}`)), error: resolve, complete: reject },
      );
    });
    assert.ok(Array.isArray(refused), String(refused));
    assert.equal(refused[0].extensions.code, code);
    // The connection goes on.
    assert.ok((await client.iterate({ query: '{ revision { number } }' }).next()).value.data);
  });
}

test('pings are answered', async (context) => {
  await new Promise((resolve, reject) => {
    connect(context, '/ws', { keepAlive: 50, lazy: false, on: { pong: resolve, error: reject } });
  });
});

/** The code with which a socket is closed after these messages; whatever it answers is passed over. */
function closedAfter(...messages) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl('/ws'), 'graphql-transport-ws');
    socket.on('open', () => messages.forEach((message) => socket.send(JSON.stringify(message))));
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

const init = { type: 'connection_init' };
const subscribe = { type: 'subscribe', id: '1', payload: { query: 'subscription { changes { revision } }' } };

for (const [code, what, ...messages] of [
  [4400, 'a message that is none', { type: 'weather' }],
  [4401, 'an operation before the connection is initialised', subscribe],
  [4408, 'no initialisation in time'],
  [4409, 'an operation under an id that is taken', init, subscribe, subscribe],
  [4429, 'a second initialisation', init, init],
]) {
  test(`${what} closes the socket with ${code}`, async () => {
    assert.equal(await closedAfter(...messages), code);
  });
}

test('another protocol opens no socket, or one that names none', async () => {
  const socket = new WebSocket(socketUrl('/ws'), 'graphql-ws');
  const outcome = await new Promise((resolve) => {
    socket.on('error', (error) => resolve(error.message));
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode);
    });
  });
  assert.ok([400, 'Server sent no subprotocol'].includes(outcome), String(outcome));
});
