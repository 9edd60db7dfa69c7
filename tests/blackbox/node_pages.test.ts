// Two builds of the server side by side, each with its own page: whichever of them a browser
// asks, for the page or for what belongs to it, it gets it.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { json } from './support/http.ts';
import { startNode, startPostgres, withProgram } from './support/nodes.ts';
import { whyNoPostgres } from './support/postgres.ts';
import type { Server } from './support/server.ts';
import { SERVER_PATH, temporaryFolder } from './support/server_process.ts';
import { until } from './support/wait.ts';

const missing = whyNoPostgres();
const title = `pages of two builds${missing === null ? '' : ` (skipped: ${missing})`}`;

let folder: string;

/** The server as another commit would have built it: a program of its own that says so. Only the first character is another
 * one, because a linker lets the end of one string serve as another: of a commit that ends in 7 so does the default of a setting. */
function otherBuild(): string {
  const said = execFileSync(SERVER_PATH, ['--version'], { encoding: 'utf8' });
  const commit = /\((\w+)\)/.exec(said)![1]!;
  const other = (commit.startsWith('f') ? 'e' : 'f') + commit.slice(1);
  const program = path.join(folder, 'other-server');
  fs.writeFileSync(program, Buffer.from(fs.readFileSync(SERVER_PATH, 'latin1').replaceAll(commit, other), 'latin1'), { mode: 0o755 });
  expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toBe(said.replace(commit, other));
  return program;
}

/** A folder with a page, as the build of the front end makes it. */
function page(name: string): string {
  const dist = path.join(folder, name);
  fs.mkdirSync(path.join(dist, 'assets'), { recursive: true });
  fs.writeFileSync(path.join(dist, 'index.html'), `<!doctype html><script src="/assets/index-${name}.js"></script><link href="/assets/style-${name}.css">`);
  fs.writeFileSync(path.join(dist, `assets/index-${name}.js`), `run("${name}");\n`.repeat(4_000));
  fs.writeFileSync(path.join(dist, `assets/style-${name}.css`), `.${name} {}`);
  fs.writeFileSync(path.join(dist, `assets/kernel-${name}.wasm`), Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]));
  return dist;
}

/** What a browser does that has `html`: everything that it names is there, at `server`. */
async function loads(server: Server, name: string): Promise<void> {
  const script = await server.get(`/assets/index-${name}.js`);
  expect(script.status, server.log).toBe(200);
  expect(script.text === `run("${name}");\n`.repeat(4_000)).toBe(true);
  expect(script.headers['content-type']).toMatch(/javascript/);
  expect(script.headers['cache-control']).toMatch(/immutable/);
  expect((await server.get(`/assets/style-${name}.css`)).headers['content-type']).toMatch(/css/);
  expect((await server.get(`/assets/kernel-${name}.wasm`)).headers['content-type']).toMatch(/wasm/);
  const etag = script.headers['etag'];
  if (etag !== undefined) expect((await server.get(`/assets/index-${name}.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const head = await server.get(`/assets/index-${name}.js`, { method: 'HEAD' });
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', script.headers['content-length']]);
}

const see = (server: Server, count: number): Promise<unknown> =>
  until(`${count} servers`, async () => (await server.stats())['cluster_nodes'] === count);

describe.skipIf(missing !== null)(title, { timeout: 120_000 }, () => {
  beforeAll(() => {
    folder = temporaryFolder();
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  test('the page of one, its files from the other, and the other way round', async () => {
    const postgres = await startPostgres();
    const [red, blue] = [page('red'), page('blue')];
    const one = await startNode(postgres.url, { STATIC_DIR: red });
    const two = await startNode(postgres.url, { STATIC_DIR: blue }, withProgram(otherBuild()));
    for (const server of [one, two]) await see(server, 2);
    const versions = await Promise.all([one, two].map(async (server) => json(await server.get('/api/health'))['version']));
    expect(versions[0]).not.toBe(versions[1]);
    expect((await one.get('/')).text).toContain('index-red.js');
    expect((await two.get('/')).text).toContain('index-blue.js');
    for (const server of [one, two]) for (const name of ['red', 'blue']) await loads(server, name);
    for (const server of [one, two]) {
      expect((await server.get('/assets/index-green.js')).status).toBe(404);
      expect((await server.get('/assets/../index.html')).status).not.toBe(500);
    }
    const packed = await one.get('/assets/index-blue.js', { headers: { 'accept-encoding': 'br' } });
    if (packed.headers['content-encoding'] === 'br') expect(brotliDecompressSync(packed.body).toString()).toContain('run("blue")');

    await two.stop();
    await see(one, 1);
    await loads(one, 'red');
    expect((await one.get('/assets/index-blue.js')).status).toBe(404);
  });

  test('two of the others, of which one has just been killed', async () => {
    const postgres = await startPostgres();
    const [red, blue] = [page('red'), page('blue')];
    const other = withProgram(otherBuild());
    const fresh = await startNode(postgres.url, { STATIC_DIR: red, CLUSTER_LEASE_SECONDS: 30 });
    const old = [
      await startNode(postgres.url, { STATIC_DIR: blue, CLUSTER_LEASE_SECONDS: 30 }, other),
      await startNode(postgres.url, { STATIC_DIR: blue, CLUSTER_LEASE_SECONDS: 30 }, other),
    ];
    await see(fresh, 3);
    const [first] = postgres.sql<{ address: string }>('SELECT address FROM kp_nodes ORDER BY version = (SELECT version FROM kp_nodes GROUP BY 1 HAVING count(*) = 1), incarnation') as [{ address: string }];
    await old.find(({ port }) => first.address.endsWith(`:${port}`))!.kill();
    await loads(fresh, 'blue'); // the dead one is still listed, and asked before the other
    await fresh.logged(/server_unreachable/);
  });

  test('builds that do not know their commit, or have the same', async () => {
    const postgres = await startPostgres();
    const one = await startNode(postgres.url, { STATIC_DIR: page('red') });
    const two = await startNode(postgres.url, { STATIC_DIR: page('blue') });
    for (const server of [one, two]) await see(server, 2);
    for (const server of [one, two]) for (const name of ['red', 'blue']) await loads(server, name);
  });
});
