// A listening socket that outlives the server: what systemd's kolabpad.socket
// gives. Here a shell keeps it and runs one server after the other.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { request } from './support/http.ts';
import { SERVER_PATH, temporaryFolder } from './support/server.ts';
import { until } from './support/wait.ts';

const KEEPER = 'while [ ! -e stop ]; do sh -c \'echo $$ >pid; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0"\' "$0"; done';

type Keeper = { port: number; folder: string; log: () => string; pid: () => number };

async function keep(): Promise<Keeper> {
  const folder = temporaryFolder();
  const listener = net.createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as net.AddressInfo;
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '1', SQLITE_URI: path.join(folder, 'kolabpad.db'), STATIC_DIR: folder };
  const shell = spawn('sh', ['-c', KEEPER, SERVER_PATH], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe', fd] });
  listener.close(); // the shell has its own
  let log = '';
  shell.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const pid = (): number => Number(fs.readFileSync(path.join(folder, 'pid'), 'utf8'));
  onTestFinished(async () => {
    fs.writeFileSync(path.join(folder, 'stop'), '');
    const gone = new Promise((resolve) => shell.once('exit', resolve));
    if (shell.exitCode === null) process.kill(pid(), 'SIGTERM');
    await gone;
    fs.rmSync(folder, { recursive: true, force: true });
  });
  await until('the server', () => log.includes(`Listening on :${port}`));
  return { port, folder, log: () => log, pid };
}

test('a restart refuses no connection: they wait for the next server', async () => {
  const keeper = await keep();
  const first = keeper.pid();
  let asked = 0;
  let answered = 0;
  let isOver = false;
  const refused: string[] = [];
  const visits = (async () => {
    while (!isOver) {
      asked += 1;
      try {
        const { status } = await request(keeper.port, '/api/health');
        // one that was already in the server's hands when it stopped may be told so
        if (status === 200 || status === 503) answered += 1;
      } catch (error) {
        refused.push(String(error));
      }
    }
  })();
  for (let round = 1; round <= 3; round++) {
    const before = keeper.pid();
    process.kill(before, 'SIGTERM');
    await until('the next server', () => keeper.log().split(`Listening on :${keeper.port}`).length > round + 1);
    expect(keeper.pid()).not.toBe(before);
  }
  isOver = true;
  await visits;
  expect(keeper.pid()).not.toBe(first);
  expect(refused.filter((why) => why.includes('ECONNREFUSED'))).toEqual([]);
  expect(answered).toBeGreaterThan(3);
  expect(asked - answered).toBeLessThanOrEqual(3); // at most the one under way at each stop
});
