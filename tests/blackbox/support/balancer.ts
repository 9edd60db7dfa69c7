// balancer.ts - HAProxy or nginx before several servers, set up as docs/clustering.md says
// but for certificates. Each with the ways of dealing connections out that it has.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { request } from './http.ts';
import type { Server } from './server_process.ts';
import { freePort, temporaryFolder } from './server_process.ts';
import { until } from './wait.ts';

export const HOW = {
  haproxy: ['roundrobin', 'leastconn', 'uri'],
  nginx: ['', 'least_conn', 'hash $pad consistent'],
} as const;
export type Program = keyof typeof HOW;

const UNPACKED = path.resolve(import.meta.dirname, '../../../build/tools/usr/sbin');
const environment = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:${UNPACKED}` };

/** Can it be started here? */
export const isThere = (program: Program): boolean => spawnSync(program, ['-v'], { env: environment }).status === 0;

/** What clients.ts needs to know of a server, at the balancer's address. */
export type Front = Pick<Server, 'socketUrl' | 'get' | 'text'>;

const haproxy = (port: number, servers: readonly Server[], how: string): string => `
defaults
    mode http
    timeout http-request 10s
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 2m
    retries 10
    option redispatch
    option forwardfor
frontend pads
    bind 127.0.0.1:${port}
    default_backend kolabpad
backend kolabpad
    balance ${how}
    hash-type consistent
    option httpchk GET /api/health
${servers.map((server, i) => `    server n${i} 127.0.0.1:${server.port} check inter 300ms fall 2 rise 1`).join('\n')}
`;

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

const nginx = (port: number, servers: readonly Server[], how: string, folder: string): string => `
${process.getuid!() === 0 ? 'user root;' : ''}
pid ${folder}/pid;
error_log ${folder}/error.log;
worker_processes 1;
daemon off;
events {}
http {
    access_log off;
    ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    map $http_upgrade $kolabpad_connection { default upgrade; '' ''; }
    map $uri $pad { ~^/api/(?:socket|text|document)/(?<id>[^/]+) $id; default $uri; }
    upstream kolabpad { ${how ? `${how};` : ''} ${servers.map((server) => `server 127.0.0.1:${server.port} fail_timeout=1s;`).join(' ')} }
    server {
        listen 127.0.0.1:${port};
        location / {
            proxy_pass http://kolabpad;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $kolabpad_connection;
            proxy_next_upstream error timeout http_503;
            proxy_read_timeout 2m;
        }
    }
}
`;

/** For the test. */
export async function startBalancer(program: Program, how: string, servers: readonly Server[]): Promise<Front> {
  const [folder, port] = [temporaryFolder(), await freePort()];
  const file = path.join(folder, 'settings');
  fs.writeFileSync(file, program === 'haproxy' ? haproxy(port, servers, how) : nginx(port, servers, how, folder));
  const args = program === 'haproxy' ? ['-db', '-f', file] : ['-c', file, '-p', folder, '-e', `${folder}/error.log`];
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  onTestFinished(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGTERM')) await gone;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const front = {
    socketUrl: (id: string, query = '') => `ws://127.0.0.1:${port}/api/socket/${id}${query}`,
    get: (target: string, options = {}) => request(port, target, options),
    text: async (id: string) => {
      const { status, text } = await request(port, `/api/text/${id}`);
      if (status !== 200) throw new Error(`${status} ${text}`);
      return text;
    },
  };
  await until(`${program} to pass something on`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    return (await front.get('/api/health').catch(() => undefined))?.status === 200;
  });
  return front;
}
