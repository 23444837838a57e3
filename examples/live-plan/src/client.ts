// The GraphQL client: a normalised cache that knows the schema, documents by their hash, and live changes.
import { Client, fetchExchange, mapExchange, subscriptionExchange, type TypedDocumentNode } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { forwardSubscription, noteRevision } from './events';
import schema from './gql/introspection';

// An object with an `id` is stored once, wherever it appears. Everything else is part of the object that contains it.
const withoutId = schema.__schema.types.filter(
  (type) => type.kind === 'OBJECT' && !type.fields.some((field) => field.name === 'id'),
);

const cache = cacheExchange({
  schema,
  keys: Object.fromEntries(withoutId.map((type) => [type.name, () => null])),
});

/** Returns the hash that Codegen wrote into a document. `persisted-documents.json` has the text of each hash. */
function hashOf(document: TypedDocumentNode): string {
  const meta: unknown = '__meta__' in document ? document.__meta__ : undefined;
  if (typeof meta !== 'object' || meta === null || !('hash' in meta)) throw new Error('a document was not generated');
  return String(meta.hash).replace('sha256:', '');
}

// In the build, requests name their document: `passerelle serve --trusted-documents src/gql/persisted-documents.json`.
// During development they contain it, so that a new field needs no restart.
const persisted = persistedExchange({
  generateHash: (_text, document) => Promise.resolve(hashOf(document)),
  enforcePersistedQueries: true,
  enableForSubscriptions: true,
  // GET: browsers and CDNs store the responses, and the service answers 304 until the content changes.
  preferGetForPersistedQueries: 'force',
});

// Each response names its revision: `extensions.revision`.
const revisions = mapExchange({
  onResult({ operation, extensions }) {
    if (operation.kind === 'query') noteRevision(extensions?.['revision']);
  },
});

export const client = new Client({
  url: '/graphql',
  preferGetMethod: 'force',
  exchanges: [
    cache,
    ...(import.meta.env.PROD ? [persisted] : []),
    subscriptionExchange({ forwardSubscription }),
    revisions,
    fetchExchange,
  ],
});
