// Which methods an address takes: what the server says of itself is what openapi.yaml says of it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { json } from './support/http.ts';
import { useServer } from './support/server.ts';

const server = useServer();

const OPENAPI = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/openapi.yaml'), 'utf8');

/** The methods of each address, in capitals. */
function described(): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  let methods: string[] = [];
  for (const line of OPENAPI.split('\n')) {
    const address = /^  (\/\S+):$/.exec(line)?.[1];
    const method = /^    (get|put|post|patch|delete):$/.exec(line)?.[1];
    if (address !== undefined) paths.set(address, (methods = []));
    if (method !== undefined) methods.push(method.toUpperCase());
  }
  return paths;
}

const SOME = { id: 'a-pad', revision: '812', link: 'AAAAAAAAAAAA', thread: 'AAAAAAAAAAAA', comment: 'AAAAAAAAAAAA', image: 'AAAAAAAAAAAAAAAAAAAAAA' };
const filled = (address: string): string => address.replace(/\{(\w+)\}/g, (_, name: string) => SOME[name as keyof typeof SOME]);

test('OPTIONS and 405 name each method of an address once', async () => {
  const paths = described();
  expect(paths.size).toBeGreaterThan(30);
  for (const [address, methods] of paths) {
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
    const asked = await server().get(filled(address), { method: 'OPTIONS' });
    expect([asked.status, asked.headers.allow?.split(', ').sort()], address).toEqual([204, allow]);
    const refused = await server().get(filled(address), { method: 'TRACE' });
    expect([refused.status, refused.headers.allow?.split(', ').sort()], address).toEqual([405, allow]);
  }
});

test('an address that is written out is not one of those with a place in them', async () => {
  for (const of of ['/api/document/a-pad', '/api/link']) {
    const answer = await server().get(`${of}/history/restore`);
    expect([answer.status, json(answer)['code'], answer.headers.allow]).toEqual([405, 'bad_method', 'OPTIONS, POST']);
  }
});
