// A service for one script, and the programs of an example beside it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repository, TIMEOUT } from './browser.mjs';

/** Milliseconds between two attempts of `until`. */
const INTERVAL = 50;

/** Repeats a check until it returns something true, and returns that. */
export async function until(check, what) {
  for (const end = Date.now() + TIMEOUT; Date.now() < end; await delay(INTERVAL)) {
    const value = await Promise.resolve().then(check).catch(() => undefined);
    if (value) return value;
  }
  throw new Error(`timeout: ${what}`);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The environment for programs of npm: they run on the Node.js of this script. */
const environment = (variables) => ({
  ...process.env,
  PATH: dirname(process.execPath) + delimiter + process.env.PATH,
  ...variables,
});

/** Runs a script of the package.json of a folder. Its output is part of the error if it fails. */
export function npm(folder, script, variables = {}) {
  const options = { cwd: folder, env: environment(variables), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  try {
    return execFileSync('npm', ['run', '--silent', script], options);
  } catch (error) {
    throw new Error(`npm run ${script}\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** Starts a program and waits until its address answers. Returns the process. */
export async function started(command, parameters, { url, folder, variables = {} }) {
  const child = spawn(command, parameters, { cwd: folder, env: environment(variables), stdio: ['ignore', 'ignore', 'inherit'] });
  await until(async () => (await fetch(url)).status < 500, `${command} at ${url}`);
  return child;
}

/** A service with a copy of the demo content, at one address across restarts. */
export class Service {
  /** `more` gives parameters that contain the address. */
  static async create(parameters = [], more = () => []) {
    const service = new Service();
    service.folder = mkdtempSync(join(tmpdir(), 'passerelle-'));
    service.address = `http://127.0.0.1:${await freePort()}`;
    service.parameters = [...parameters, ...more(service.address)];
    cpSync(repository('content'), service.path('.'), { recursive: true });
    await service.start();
    return service;
  }

  path(name) {
    return join(this.folder, 'content', name);
  }

  read(name) {
    return readFileSync(this.path(name), 'utf8');
  }

  save(name, text) {
    writeFileSync(this.path(name), text);
  }

  /** Saves a document, or removes it if there is no text, and waits until that is published. */
  async saved(name, text) {
    const revision = async () => (await this.query('{ revision { number } }')).revision.number;
    const old = await revision();
    if (text === undefined) rmSync(this.path(name));
    else this.save(name, text);
    await until(async () => (await revision()) > old, `${name} is published`);
  }

  async start() {
    const parameters = ['serve', '--listen', new URL(this.address).host, '--drain', '0', '--log', 'warn', ...this.parameters];
    const url = `${this.address}/readyz`;
    this.child = await started(process.env.PASSERELLE_BINARY, parameters, { url, folder: this.folder });
  }

  async stop() {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  }

  remove() {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async query(query) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.address}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return (await response.json()).data;
  }
}
