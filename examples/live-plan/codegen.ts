import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

const config: CodegenConfig = {
  // Without a clone of the repository: `http://127.0.0.1:8080/schema.graphql`.
  schema: '../../schema.graphql',
  documents: 'src/**/*.graphql',
  generates: {
    // Types, documents, and `persisted-documents.json` for `passerelle serve --trusted-documents`.
    'src/gql/': {
      preset: 'client',
      // Graphcache needs `__typename` everywhere. The service knows documents by their hash, so it must be in the file too.
      documentTransforms: [addTypenameSelectionDocumentTransform],
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: 'unmask' },
        persistedDocuments: { hashAlgorithm: 'sha256' },
      },
      config: {
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown' },
        // Gives the values of enums too, for example all languages.
        enumType: 'const',
        useTypeImports: true,
      },
    },
    // What graphcache has to know of the schema.
    'src/gql/introspection.ts': { plugins: ['urql-introspection'], config: { useTypeImports: true } },
  },
};

export default config;
