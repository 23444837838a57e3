// relay-compiler reads the schema and compiles the operations, as a project in TypeScript would have them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { operations, repository } from './target.js';

const require = createRequire(import.meta.url);

test('relay-compiler compiles every operation', (context) => {
  const project = mkdtempSync(join(tmpdir(), 'passerelle-relay-'));
  context.after(() => rmSync(project, { recursive: true }));
  copyFileSync(repository('schema.graphql'), join(project, 'schema.graphql'));
  mkdirSync(join(project, 'src'));
  for (const { name, text } of operations()) {
    // Relay wants operations named after their module, with their kind behind it. A comment's backtick would end the text.
    const named = text.replace(/#.*/g, '').replace(/^(query|subscription) (\w+)/m, (_, kind) => {
      return `${kind} ${name}${kind === 'query' ? 'Query' : 'Subscription'}`;
    });
    const source = `import { graphql } from 'relay-runtime';\nexport default graphql\`\n${named}\`;\n`;
    writeFileSync(join(project, 'src', `${name}.ts`), source);
  }
  const config = {
    src: './src',
    schema: './schema.graphql',
    language: 'typescript',
    artifactDirectory: './made',
    eagerEsModules: true,
    requireCustomScalarTypes: true,
    customScalarTypes: { DateTime: 'string', JSON: 'unknown' },
  };
  mkdirSync(join(project, 'made'));
  writeFileSync(join(project, 'relay.config.json'), JSON.stringify(config));
  execFileSync(process.execPath, [require.resolve('relay-compiler/cli.js'), '--noWatchman', 'relay.config.json'], {
    cwd: project,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  assert.equal(readdirSync(join(project, 'made')).length, operations().length);
});
