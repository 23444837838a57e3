// What the tests of this folder are run against: a service that serves a copy of the demo, and the files of the repository.
// `cargo test --test service clients` starts services for them; by hand, with one that runs:
// `PASSERELLE_URL=http://127.0.0.1:8080/graphql PASSERELLE_CONTENT=/tmp/copy node --test`.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A variable of the environment. */
export function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} must be set`);
  return value;
}

/** A path of the repository. */
export const repository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Where the service answers: `http://127.0.0.1:8080/graphql`. */
export const url = () => given('PASSERELLE_URL');

/** The same over WebSocket, at the endpoint itself or at the address that is for nothing else. */
export const socketUrl = (path = '') => url().replace(/^http/, 'ws') + path;

/** Drops a document into the folder that the service serves. */
export function drop(name, text) {
  writeFileSync(join(given('PASSERELLE_CONTENT'), name), text);
}

/** The example operations, with the variables that give an answer on the demo. */
export function operations() {
  const variables = JSON.parse(readFileSync(repository('ops/variables.json'), 'utf8'));
  return readdirSync(repository('ops'))
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => {
      const name = file.replace('.graphql', '');
      const text = readFileSync(repository(`ops/${file}`), 'utf8');
      return { name, text, variables: variables[name] ?? {}, isLive: /^subscription /m.test(text) };
    });
}
