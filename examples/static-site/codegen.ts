import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  // Without a clone of the repository: `http://127.0.0.1:8080/schema.graphql`.
  schema: '../../schema.graphql',
  documents: 'src/**/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      // A build has no cache to protect: fragments are plain types, and documents are strings.
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown' },
        useTypeImports: true,
        inlineFragmentTypes: 'combine',
      },
    },
  },
};

export default config;
