// Clients whose service is stopped and started again: their subscriptions go on without help, and no event comes twice.
// The service is started here: `PASSERELLE_BINARY=target/debug/passerelle node --test restart.test.js`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { RetryLink } from '@apollo/client/link/retry';
import { Client as UrqlClient, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { EventSource } from 'eventsource';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';
import { given } from './target.js';

const query = 'subscription { changes { id kind after } }';

/** Polls until a function returns something true. The timeout of the test is the bound. */
async function until(condition) {
  for (;;) {
    const value = await condition().catch(() => false);
    if (value) return value;
    await delay(20);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A service with a folder of its own, at one address across restarts. */
class Service {
  constructor(port) {
    this.folder = mkdtempSync(join(tmpdir(), 'passerelle-'));
    this.address = `127.0.0.1:${port}`;
    mkdirSync(join(this.folder, 'content'));
  }

  async start() {
    this.child = spawn(given('PASSERELLE_BINARY'), ['serve', '--listen', this.address, '--drain', '0'], {
      cwd: this.folder,
      stdio: 'ignore',
    });
    await until(async () => (await fetch(`http://${this.address}/readyz`)).ok);
  }

  async stop() {
    this.child.kill('SIGTERM');
    const [code] = await once(this.child, 'exit');
    assert.equal(code, 0);
  }

  drop(title) {
    writeFileSync(join(this.folder, 'content', `${title.toLowerCase()}.md`), `# ${title}\n`);
  }

  /** Whether a client is subscribed over a transport. */
  async isSubscribed(transport) {
    const metrics = await (await fetch(`http://${this.address}/metrics`)).text();
    return metrics.includes(`passerelle_active_subscriptions{transport="${transport}"} 1\n`);
  }
}

const retry = { retryAttempts: 1000, retryWait: () => delay(50) };
// Unless told so, `graphql-ws` tries again after a close, and not after a connection that is refused.
const shouldRetry = () => true;

const clients = {
  'graphql-ws': {
    transport: 'ws',
    subscribe: (address, sink) => {
      const client = createSocketClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, shouldRetry, ...retry });
      client.subscribe({ query }, sink);
      return () => client.dispose();
    },
  },
  'graphql-sse': {
    transport: 'sse',
    subscribe: (address, sink) => {
      const client = createSseClient({ url: `http://${address}/graphql`, ...retry });
      client.subscribe({ query }, sink);
      return () => client.dispose();
    },
  },
  'urql with graphcache, over graphql-ws': {
    transport: 'ws',
    subscribe: (address, sink) => {
      const socket = createSocketClient({ url: `ws://${address}/graphql`, webSocketImpl: WebSocket, shouldRetry, ...retry });
      const forwardSubscription = (request) => ({
        subscribe: (events) => ({ unsubscribe: socket.subscribe({ query: request.query, variables: request.variables }, events) }),
      });
      const exchanges = [cacheExchange({}), subscriptionExchange({ forwardSubscription })];
      const client = new UrqlClient({ url: `http://${address}/graphql`, exchanges, preferGetMethod: false });
      const listening = client.subscription(query, {}).subscribe((answer) => {
        if (answer.error) sink.error(answer.error);
        else sink.next(answer);
      });
      return () => {
        listening.unsubscribe();
        socket.dispose();
      };
    },
  },
  'the EventSource of browsers': {
    transport: 'sse',
    // It sends `Last-Event-ID`, so changes while the service is stopped are not lost.
    resumes: true,
    subscribe: (address, sink) => {
      const source = new EventSource(`http://${address}/graphql?query=${encodeURIComponent(query)}`);
      source.addEventListener('next', (event) => sink.next(JSON.parse(event.data)));
      source.addEventListener('complete', () => sink.complete());
      // An interruption is an error too, after which the source connects again.
      source.addEventListener('error', (error) => {
        if (source.readyState === EventSource.CLOSED) sink.error(error);
      });
      return () => source.close();
    },
  },
  'Apollo Client over multipart HTTP, with its RetryLink': {
    transport: 'multipart',
    subscribe: (address, sink) => {
      const again = new RetryLink({ delay: { initial: 50, max: 50 }, attempts: { max: Infinity } });
      const link = ApolloLink.from([again, new HttpLink({ uri: `http://${address}/graphql` })]);
      const client = new ApolloClient({ link, cache: new InMemoryCache() });
      const listening = client.subscribe({ query: gql(query) }).subscribe({
        ...sink,
        next: (answer) => (answer.error ? sink.error(answer.error) : sink.next(answer)),
      });
      return () => listening.unsubscribe();
    },
  },
};

for (const [name, { transport, resumes = false, subscribe }] of Object.entries(clients)) {
  test(`${name} comes back after a restart`, { timeout: 20_000 }, async (context) => {
    const service = new Service(await freePort());
    const titles = [];
    let failure;
    await service.start();
    const dispose = subscribe(service.address, {
      next: ({ data }) => titles.push(data.changes.after),
      error: (error) => (failure ??= error),
      complete: () => (failure ??= new Error('the subscription is complete')),
    });
    context.after(async () => {
      dispose();
      service.child.kill('SIGKILL');
      rmSync(service.folder, { recursive: true, force: true });
    });
    const eventually = async (condition) => {
      await until(async () => failure || (await condition()));
      assert.equal(failure, undefined, String(failure));
    };
    const told = async (title) => {
      service.drop(title);
      await eventually(async () => titles.includes(title));
    };
    const subscribed = () => eventually(() => service.isSubscribed(transport));
    await subscribed();
    await told('Avant');
    await service.stop();
    if (resumes) service.drop('Absence');
    await service.start();
    await subscribed();
    await told('Pendant');
    await told('Ensuite');
    assert.deepEqual(titles, ['Avant', ...(resumes ? ['Absence'] : []), 'Pendant', 'Ensuite']);
  });
}
