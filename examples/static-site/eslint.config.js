import graphql from '@graphql-eslint/eslint-plugin';
import typescript from 'typescript-eslint';

export default typescript.config(
  { ignores: ['dist', '.astro', 'src/gql', 'eslint.config.js'] },
  {
    // `astro check` checks the types of .astro files.
    files: ['**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // No cast: the types that are generated from the schema are enough.
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: '../../schema.graphql', documents: 'src/**/*.graphql' } },
    },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // There is no cache that needs ids.
      '@graphql-eslint/require-selections': 'off',
    },
  },
);
