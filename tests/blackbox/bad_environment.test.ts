// Bad settings, folders, ports and files: one clear line, exit 2, nothing
// overwritten. And the command line.
import { describe, expect, onTestFinished, test } from 'vitest';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { v1 } from './support/clients.ts';
import type { Settings } from './support/server.ts';
import { freePort, run, startServer, temporaryFolder } from './support/server.ts';
import { sql } from './support/sqlite.ts';

function folder(): string {
  const made = temporaryFolder();
  onTestFinished(() => fs.rmSync(made, { recursive: true, force: true }));
  return made;
}

async function refused(settings: Settings, says: RegExp, args: string[] = []): Promise<string> {
  const base = { HOST: '127.0.0.1', PORT: await freePort(), SQLITE_URI: '' };
  const result = await run({ ...base, ...settings }, args, folder());
  expect(result.out).toMatch(says);
  expect(result).toMatchObject({ code: 2, signal: null });
  expect(result.out.trim().split('\n').filter((line) => /error|invalid|cannot|must|not /i.test(line)), result.out).toHaveLength(1);
  return result.out;
}

describe('bad settings', () => {
  const rows: [name: string, value: string][] = [
    ['PORT', 'abc'], ['PORT', '65536'], ['PORT', '-1'], ['PORT', '80x'], ['PORT', ' '],
    ['BACKEND_LOG_LEVEL', 'loud'], ['FRONTEND_LOG_LEVEL', 'loud'], ['LOG_FORMAT', 'xml'],
    ['EXPIRY_DAYS', '-1'], ['EXPIRY_DAYS', '1e3'], ['EXPIRY_DAYS', '99999999999999999999'],
    ['CLEANUP_INTERVAL_HOURS', '0'], ['MAX_DOCUMENT_SIZE_KB', '0'], ['MAX_DOCUMENT_SIZE_KB', '4294967296'],
    ['WS_READ_TIMEOUT_MINUTES', 'x'], ['WS_WRITE_TIMEOUT_SECONDS', '-5'], ['BROADCAST_BUFFER_SIZE', '0'],
    ['WS_HEARTBEAT_INTERVAL_SECONDS', '1.5'], ['DURABILITY', 'maybe'], ['WORKERS', '100000'], ['RATE_LIMITS', 'perhaps'],
    ['MEMORY_RETENTION_HOURS', '-1'], ['TRUSTED_PROXIES', '300.1.1.1'], ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ALLOWED_ORIGINS', 'not an origin'], ['BASE_PATH', '../up'],
    ['FRAME_ANCESTORS', 'intranet.example.org'], ['FRAME_ANCESTORS', "https://a.example; script-src *"], ['REMOTE_IMAGES', 'always'],
  ];
  test.each(rows)('%s=%s is named, with what was given', async (name, value) => {
    const out = await refused({ [name]: value }, new RegExp(name));
    expect(out).toContain(value);
  });

  test('--check-config says the same without starting anything', async () => {
    await refused({ MAX_DOCUMENT_SIZE_KB: 'big' }, /MAX_DOCUMENT_SIZE_KB/, ['--check-config']);
    const port = await freePort();
    const good = await run({ PORT: port, SQLITE_URI: path.join(folder(), 'none.db') }, ['--check-config']);
    expect(good.code).toBe(0);
    expect(good.out).not.toMatch(/Listening/);
  });
});

describe('bad files and folders', () => {
  test('a corrupt database is refused and left as it is', async () => {
    const database = path.join(folder(), 'kolabpad.db');
    const bytes = Buffer.alloc(8192, 'this is not a database. ');
    fs.writeFileSync(database, bytes);
    await refused({ SQLITE_URI: database }, /kolabpad\.db/);
    expect(fs.readFileSync(database).equals(bytes)).toBe(true);
  });

  test('a database whose pages are damaged is refused and left as it is', async () => {
    const own = folder();
    const server = await startServer({}, path.join(own, '.'));
    for (let i = 0; i < 5; i++) await (await v1(server, `pad-${i}`)).type('text '.repeat(2000));
    await server.stop();
    const database = path.join(own, 'kolabpad.db');
    const damaged = fs.readFileSync(database);
    damaged.fill(0x5a, 100, 4096); // the schema itself
    fs.writeFileSync(database, damaged);
    await refused({ SQLITE_URI: database }, /kolabpad\.db/);
    expect(fs.readFileSync(database).equals(damaged)).toBe(true);
  });

  test('a schema of a newer server is refused and left as it is', async () => {
    const server = await startServer();
    await (await v1(server, 'pad')).type('text');
    await server.stop();
    sql(server.database, "INSERT INTO schema_migrations SELECT 9999, filename || '-later', applied_at FROM schema_migrations LIMIT 1");
    const before = sql(server.database, 'SELECT * FROM documents');
    await refused({ SQLITE_URI: server.database }, /newer|9999|version/i);
    expect(sql(server.database, 'SELECT * FROM documents')).toEqual(before);
  });

  test('a folder where the database should be', async () => {
    const own = folder();
    fs.mkdirSync(path.join(own, 'kolabpad.db'));
    await refused({ SQLITE_URI: path.join(own, 'kolabpad.db') }, /kolabpad\.db/);
  });

  test('a file where the data folder should be', async () => {
    const own = folder();
    fs.writeFileSync(path.join(own, 'data'), 'a file');
    await refused({ SQLITE_URI: path.join(own, 'data', 'kolabpad.db') }, /data/);
    expect(fs.readFileSync(path.join(own, 'data'), 'utf8')).toBe('a file');
  });

  test('an unwritable data folder', async () => {
    // root may write anywhere but where the kernel lets nobody
    await refused({ SQLITE_URI: '/proc/kolabpad/kolabpad.db' }, /\/proc\/kolabpad/);
  });

  test('a log file that cannot be opened', async () => {
    await refused({ LOG_FILE: '/proc/nonexistent/kolabpad.log' }, /\/proc\/nonexistent/);
  });
});

test('a port in use, by whatever it is', async () => {
  const squatter = net.createServer();
  onTestFinished(() => void squatter.close());
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const { port } = squatter.address() as net.AddressInfo;
  const database = path.join(folder(), 'kolabpad.db');
  await refused({ PORT: port, SQLITE_URI: database }, new RegExp(`${port}.*in use`));
});

describe('the command line', () => {
  test('--help names every setting of the founding document', async () => {
    const { code, out } = await run({}, ['--help']);
    expect(code).toBe(0);
    for (const name of [
      'PORT', 'HOST', 'BACKEND_LOG_LEVEL', 'FRONTEND_LOG_LEVEL', 'EXPIRY_DAYS', 'SQLITE_URI', 'CLEANUP_INTERVAL_HOURS', 'MAX_DOCUMENT_SIZE_KB',
      'WS_READ_TIMEOUT_MINUTES', 'WS_WRITE_TIMEOUT_SECONDS', 'BROADCAST_BUFFER_SIZE', 'WS_HEARTBEAT_INTERVAL_SECONDS', 'DURABILITY', 'WORKERS',
      'STATIC_DIR', 'MEMORY_RETENTION_HOURS', 'ALLOWED_ORIGINS', 'TRUSTED_PROXIES', 'LOG_FORMAT', 'LOG_FILE', 'RATE_LIMITS', 'BASE_PATH',
      '--version', '--check-config', '--healthcheck',
    ]) expect(out).toMatch(new RegExp(`(^|[^A-Z_-])${name}\\b`, 'm'));
    expect(out).not.toContain('KP_TEST');
  });

  test('--version', async () => {
    const { code, out } = await run({}, ['--version']);
    expect(code).toBe(0);
    expect(out.trim()).toMatch(/\d+\.\d+\.\d+ \(\w+\)$/);
  });

  test('anything else is exit 2', async () => {
    expect((await run({}, ['--nonsense'])).code).toBe(2);
    expect((await run({}, ['file.txt'])).code).toBe(2);
  });

  test('--healthcheck asks the server that PORT names', async () => {
    const server = await startServer();
    expect((await run({ PORT: server.port, HOST: '127.0.0.1' }, ['--healthcheck'])).code).toBe(0);
    await server.stop();
    expect((await run({ PORT: server.port, HOST: '127.0.0.1' }, ['--healthcheck'])).code).toBe(1);
  });

  test('.env.example has every setting, and its values are accepted', async () => {
    const file = path.resolve(import.meta.dirname, '../../.env.example');
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    const named = new Map(
      lines.flatMap((line) => {
        const found = /^#? ?([A-Z_]+)=(.*)$/.exec(line);
        return found === null ? [] : [[found[1] as string, (found[2] as string).replace(/\s+#.*$/, '')] as const];
      }),
    );
    const { out } = await run({}, ['--help']);
    const settings = [...out.matchAll(/^ *([A-Z][A-Z_]{3,})\b/gm)].map(([, name]) => name as string);
    expect(settings.length).toBeGreaterThan(20);
    expect(settings.filter((name) => !named.has(name) && name !== 'LOG_LEVEL')).toEqual([]);
    const active = Object.fromEntries(lines.flatMap((line) => {
      const found = /^([A-Z_]+)=(.*)$/.exec(line);
      return found === null ? [] : [[found[1] as string, (found[2] as string).replace(/\s+#.*$/, '')]];
    }));
    expect((await run(active, ['--check-config'])).code).toBe(0);
  });
});
