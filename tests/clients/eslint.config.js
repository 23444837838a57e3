// graphql-eslint: its recommended and Relay rules on the schema, its recommended rules on the operations.
import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

const at = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const graphQLConfig = { schema: at('schema.graphql'), documents: at('ops/*.graphql') };
const common = {
  languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig } },
  plugins: { '@graphql-eslint': graphql },
};

// Types whose objects are told apart by what they say alone.
const values = [
  ...['Attribute', 'Breadcrumb', 'Collection', 'CollectionField', 'Diagnostic', 'Footnote', 'FrontMatterValue', 'Heading', 'Image', 'ImageRendition', 'LanguageDefinition', 'Link', 'MeasureFacets', 'Mission', 'Money', 'NavigationItem'],
  ...['PageFacets', 'PageInfo', 'Progress', 'ProgressPoint', 'Redirect', 'Revision', 'RichText', 'Route', 'SearchFacet', 'SearchHit', 'SourceLocation'],
  ...['StatusChange', 'StatusDefinition', 'SyncProblem', 'SyncStatus', 'TextRange'],
];

export default [
  {
    ...common,
    files: ['schema.graphql'],
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Lists that cannot grow, such as the children of a category, are plain lists in the contract, and the hit of a search is
      // nothing that can be asked for again.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: false }],
      // The log of changes is read forward only.
      '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
      // What has no identity has no id: it is the value of a field of something that has.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        { exceptions: { types: values, suffixes: ['Connection', 'Count', 'Edge'] } },
      ],
    },
  },
  { ...common, files: ['ops/*.graphql'], rules: graphql.configs['flat/operations-recommended'].rules },
];
