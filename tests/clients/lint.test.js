// The linters of schemas and operations.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { repository } from './target.js';

const require = createRequire(import.meta.url);

test('graphql-eslint finds nothing in the schema and in the operations', async () => {
  const config = repository('tests/clients/eslint.config.js');
  const eslint = new ESLint({ cwd: repository(''), overrideConfigFile: config, allowInlineConfig: false });
  const results = await eslint.lintFiles(['schema.graphql', 'ops/*.graphql']);
  assert.ok(results.length > 10, `${results.length} files were read`);
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, ruleId, message }) => `${filePath}:${line} ${ruleId}: ${message}`),
  );
  assert.deepEqual(found, []);
});

test('graphql-schema-linter finds nothing in the schema', () => {
  const root = dirname(require.resolve('graphql-schema-linter/package.json'));
  // All its rules but those that want the alphabet: what belongs together stands together.
  const rules = readdirSync(join(root, 'lib/rules'))
    .map((file) => file.replace('.js', '').replaceAll('_', '-'))
    .filter((rule) => !rule.endsWith('sorted-alphabetically'));
  assert.ok(rules.includes('relay-connection-types-spec') && rules.includes('fields-have-descriptions'));
  const { bin } = require('graphql-schema-linter/package.json');
  const program = join(root, typeof bin === 'string' ? bin : Object.values(bin)[0]);
  // It exits with another status than 0 where it finds something.
  execFileSync(process.execPath, [program, '--rules', rules.join(','), repository('schema.graphql')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
});
