// links.ts - links, owners and rights of a document, and a client that comes by a link.
import type { ClientOptions } from 'ws';
import { V2Client, forTheTest } from './clients.ts';
import type { Tab } from './clients.ts';
import type { Answer } from './http.ts';
import { json, jsonBody } from './http.ts';
import type { Server } from './server.ts';

export type Link = { id: string; role: string; name: string; token: string };
export type Role = 'view' | 'edit';

const bearer = (secret?: string) => (secret === undefined ? {} : { authorization: `Bearer ${secret}` });
const address = (id: string, rest = '') => `/api/document/${encodeURIComponent(id)}${rest}`;

export async function makeLink(server: Server, id: string, role: Role, fields: object = {}, secret?: string): Promise<Link> {
  const answer = await server.get(address(id, '/links'), jsonBody('POST', { role, name: `to ${role}`, expires_at: null, history: false, ...fields }, bearer(secret)));
  if (answer.status !== 201) throw new Error(`no link: ${answer.status} ${answer.text}`);
  return json<Link>(answer);
}

export const withdraw = (server: Server, id: string, link: Link, secret?: string): Promise<Answer> =>
  server.get(address(id, `/links/${link.id}`), { method: 'DELETE', headers: bearer(secret) });

export const change = (server: Server, id: string, fields: object, secret?: string): Promise<Answer> =>
  server.get(address(id), jsonBody('PATCH', fields, bearer(secret)));

export const deleteForGood = (server: Server, id: string, secret?: string): Promise<Answer> =>
  server.get(address(id), { method: 'DELETE', headers: bearer(secret) });

export const takeCharge = (server: Server, id: string, fields: object = {}, secret?: string): Promise<Answer> =>
  server.get(address(id, '/owner'), jsonBody('POST', fields, bearer(secret)));

/** Where those connect who come by a link. */
export const linkSocketUrl = (server: Server): string => server.socketUrl('').replace(/\/$/, '');

export type LinkHello = { tab?: Tab; name?: string; owner?: string; comments?: boolean; silent?: boolean } & ClientOptions;

/** Upgraded, but Hello is not said yet. */
export async function linkSilent(server: Server, options: ClientOptions = {}): Promise<V2Client> {
  return forTheTest((await V2Client.dial(linkSocketUrl(server), ['kolabpad.v2'], options)) as V2Client);
}

/** In the document by its link. */
export async function byLink(server: Server, link: string, options: LinkHello = {}): Promise<V2Client> {
  const { tab, name, owner, comments, ...rest } = options;
  const client = await linkSilent(server, rest);
  client.tab = tab ?? client.tab;
  client.replica = client.tab.replica;
  client.hello({ link, name: name ?? 'Anonymous', ...(owner === undefined ? {} : { owner }), ...(comments === undefined ? {} : { comments }) });
  await client.until('Welcome, the text and the users', () => client.ready);
  return client;
}
