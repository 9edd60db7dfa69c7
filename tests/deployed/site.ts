// site.ts - a Kolabpad somewhere, perhaps behind a proxy with a certificate of its own.
import http from 'node:http';
import https from 'node:https';
import { onTestFinished } from 'vitest';
import type { Tab } from '../blackbox/support/clients.ts';
import { V2Client } from '../blackbox/support/clients.ts';
import type { Server } from '../blackbox/support/server.ts';

/** Such as https://pad.localhost:8443; its name need not be known to DNS: KP_ADDRESS is where to connect. */
export const BASE = new URL(process.env['KP_URL'] ?? 'http://127.0.0.1:3030');
export const isTls = BASE.protocol === 'https:';
const ADDRESS = process.env['KP_ADDRESS'] ?? '127.0.0.1';
const lookup = (_name: string, options: { all?: boolean }, done: (...args: unknown[]) => void): void =>
  options.all ? done(null, [{ address: ADDRESS, family: 4 }]) : done(null, ADDRESS, 4);

export type Answer = { status: number; headers: http.IncomingHttpHeaders; text: string };

export function ask(target: string, options: { method?: string; headers?: Record<string, string>; body?: string; base?: URL } = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, base = BASE } = options;
  const { request } = base.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(target, base), { method, headers, agent: false, lookup: lookup as never, rejectUnauthorized: false }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`no answer to ${target}`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const site = {
  socketUrl: (id: string, query = '') => `${isTls ? 'wss' : 'ws'}://${BASE.host}/api/socket/${id}${query}`,
} as unknown as Server;

export async function join(pad: string, tab?: Tab): Promise<V2Client> {
  const options = { ...(tab ? { tab } : {}), lookup, rejectUnauthorized: false, origin: BASE.origin };
  const client = await V2Client.open(site, pad, options);
  onTestFinished(() => client.socket.terminate());
  return client;
}

let pads = 0;
export const freshPad = (): string => `deployed-${Date.now()}-${++pads}`;
