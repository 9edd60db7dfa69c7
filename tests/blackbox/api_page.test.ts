// Every curl line of docs/api.md, in one shell, against a real server: what it says comes back does.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Validator } from '@seriousme/openapi-schema-validator';
import { useServer } from './support/server.ts';

const server = useServer({ IMAGES: 'on' });
const docs = (name: string): string => new URL(`../../docs/${name}`, import.meta.url).pathname;
const page = fs.readFileSync(docs('api.md'), 'utf8');

/** The commands of all blocks, with the status that each is to have; a line that ends with a backslash goes on. */
function commands(): { line: string; status: number | undefined }[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const wanted = / {3}# (\d{3})$/.exec(line);
      return { line, status: line.includes('curl') ? Number(wanted?.[1] ?? 200) : undefined };
    });
}

test('the lines do what the page says', { timeout: 60_000 }, () => {
  const lines = commands();
  const script = lines.map(({ line }, i) => `echo "line ${i}" >&2\n${line.replace('http://localhost:3030', `http://127.0.0.1:${server().port}`)}`);
  const curl = `curl() { command curl -sS -w '%{stderr}status %{http_code}\\n' "$@"; }`;
  const { stderr, stdout } = spawnSync('bash', ['-c', [curl, ...script].join('\n')], { encoding: 'utf8' });
  let at = -1;
  const statuses = new Map<number, number>();
  for (const said of stderr.split('\n')) {
    if (said.startsWith('line ')) at = Number(said.slice(5));
    if (said.startsWith('status ')) statuses.set(at, Number(said.slice(7)));
  }
  const wanted = lines.flatMap(({ line, status }, i) => (status === undefined ? [] : [{ line, status: status, got: statuses.get(i) }]));
  expect(wanted.length).toBeGreaterThan(25);
  for (const { line, status, got } of wanted) expect(got, `${line}\n${stderr}\n${stdout}`).toBe(status);
  expect(stdout).toContain('"code":"bad_text","offset":3');
  expect(stdout).toContain('data: {"Snapshot":');
});

test('the OpenAPI description is one, and has the routes of the page', async () => {
  const validator = new Validator();
  const result = await validator.validate(docs('openapi.yaml'));
  expect(result.errors ?? []).toEqual([]);
  expect([result.valid, validator.version]).toEqual([true, '3.1']);
  const { paths } = validator.specification as { paths: Record<string, Record<string, unknown>> };
  const known = Object.keys(paths).map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
  for (const [, path] of page.matchAll(/\$PAD(\/api\/[^"? ]+)/g)) {
    expect(known.some((route) => route.test(path as string)), path).toBe(true);
  }
});

test('the description names every status that its routes answer with', async () => {
  const validator = new Validator();
  await validator.validate(docs('openapi.yaml'));
  const { paths } = validator.specification as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };
  const ask = async (method: string, path: string, options = {}): Promise<void> => {
    const { status } = await server().get(path.replace('{id}', 'described'), { method: method.toUpperCase(), ...options });
    expect(Object.keys(paths[path.split('?')[0] as string]?.[method]?.responses ?? {}), `${method} ${path}: ${status}`).toContain(String(status));
  };
  await ask('put', '/api/text/{id}', { body: 'a' });
  await ask('put', '/api/text/{id}', { body: '\r' });
  await ask('put', '/api/text/{id}', { body: 'b', headers: { 'if-match': '"9"' } });
  await ask('post', '/api/text/{id}', { body: 'b', headers: { 'idempotency-key': 'k' } });
  await ask('post', '/api/text/{id}', { body: 'c', headers: { 'idempotency-key': 'k' } });
  await ask('patch', '/api/text/{id}', { body: '{"replace":"nothing","with":""}' });
  await ask('patch', '/api/text/{id}', { body: '{}' });
  await ask('post', '/api/documents', { body: 'x' });
  await ask('get', '/api/text/{id}', {});
  await ask('get', '/api/document/{id}', {});
});
