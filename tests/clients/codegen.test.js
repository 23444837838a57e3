// GraphQL Codegen's client preset makes types of the schema and the operations, and `tsc --strict` accepts them and their use.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generate } from '@graphql-codegen/cli';
import { operations, repository } from './target.js';

const require = createRequire(import.meta.url);

// What a front end writes: results and variables are typed by the document alone, and a name that is wrong is an error.
const use = (documents) => `
import type { ResultOf, VariablesOf } from '@graphql-typed-document-node/core';
import { ${documents.map((name) => `${name}Document`).join(', ')} } from './made/graphql';
export const documents = [${documents.map((name) => `${name}Document`).join(', ')}] as const;
export type Measure = NonNullable<ResultOf<typeof MeasureDetailDocument>['measure']>;
export const variables: VariablesOf<typeof MeasureDetailDocument> = { number: 12 };
export const title = (measure: Measure): string => measure.title.text;
// @ts-expect-error: there is no such field.
export const missing = (measure: Measure) => measure.colour;
`;

test('the types of every operation compile under tsc --strict', async (context) => {
  const project = mkdtempSync(join(tmpdir(), 'passerelle-codegen-'));
  context.after(() => rmSync(project, { recursive: true }));
  symlinkSync(repository('tests/clients/node_modules'), join(project, 'node_modules'));
  const files = await generate(
    {
      cwd: project,
      schema: repository('schema.graphql'),
      documents: repository('ops/*.graphql'),
      silent: true,
      generates: {
        'made/': {
          preset: 'client',
          config: {
            strictScalars: true,
            scalars: { DateTime: 'string', JSON: 'unknown' },
            enumsAsTypes: true,
            useTypeImports: true,
          },
        },
      },
    },
    true,
  );
  assert.ok(files.length >= 3);
  writeFileSync(join(project, 'use.ts'), use(operations().map(({ name }) => name)));
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'];
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), ...options, 'use.ts', 'made/index.ts'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
});
