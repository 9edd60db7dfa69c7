// haproxy.ts - a real balancer in front of servers, for one test.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { request } from './http.ts';
import { freePort, temporaryFolder } from './server_process.ts';
import { until } from './wait.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:${ROOT}/build/tools/usr/sbin` };

/** Why there can be no HAProxy here; null when there can. */
export function whyNoHaproxy(): string | null {
  return spawnSync('haproxy', ['-v'], { env }).status === 0 ? null : 'HAProxy is not installed';
}

/** What tests need of a server: where it is. */
export type Address = { port: number; socketUrl(id: string, query?: string): string };

export async function haproxy(balance: string, ports: readonly number[]): Promise<Address> {
  const [port, folder] = [await freePort(), temporaryFolder()];
  const config = path.join(folder, 'haproxy.cfg');
  const servers = ports.map((at, i) => `    server n${i} 127.0.0.1:${at} check inter 200ms fall 2 rise 1`);
  fs.writeFileSync(config, `defaults
    mode http
    timeout connect 1s
    timeout client 60s
    timeout server 60s
    timeout tunnel 2m
    retries 3
    option redispatch
    option forwardfor
frontend pads
    bind 127.0.0.1:${port}
    default_backend servers
backend servers
    balance ${balance}
    hash-type consistent
    option httpchk GET /api/health
${servers.join('\n')}
`);
  const child = spawn('haproxy', ['-db', '-f', config], { env, stdio: 'ignore' });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  await until('HAProxy', () => request(port, '/api/health').then(({ status }) => status === 200, () => false));
  return { port, socketUrl: (id, query = '') => `ws://127.0.0.1:${port}/api/socket/${id}${query}` };
}
