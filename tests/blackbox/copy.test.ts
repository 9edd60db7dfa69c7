// kolabpad-server --copy FROM TO: everything goes over, in either direction; tabs
// that are open resume; whatever is not as it must be is one sentence, and nothing
// is overwritten or half done.
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freshTab, v2 } from './support/clients.ts';
import { all as allComments, make as makeComment } from './support/comments.ts';
import { jsonBody } from './support/http.ts';
import { PgProxy } from './support/pg_proxy.ts';
import { Postgres, whyNoPostgres } from './support/postgres.ts';
import { ask, info, makeLink } from './support/rights.ts';
import type { Run } from './support/server.ts';
import { Server, freePort, run, SERVER_PATH, startServer, temporaryFolder } from './support/server.ts';
import { until } from './support/wait.ts';

const why = whyNoPostgres();
if (why !== null) console.log(`copy: skipped, ${why}`);

let postgres: Postgres;
let databases = 0;

/** An empty database of the server's role, with the SQL that looks into it. */
class Database {
  constructor(readonly name: string) {}
  get url(): string {
    return `postgres://kolabpad@127.0.0.1:${postgres.port}/${this.name}`;
  }
  psql(statements: string): string {
    return postgres.psql(`\\connect ${this.name}\n${statements}`).trim();
  }
  /** Rows in documents, journal and epochs. */
  rows(): number[] {
    return ['documents', 'journal', 'epochs'].map((table) => Number(this.psql(`SELECT count(*) FROM kp_${table};`)));
  }
}

function database(options = ''): Database {
  const made = new Database(`copy_${(databases += 1)}`);
  postgres.psql(`CREATE DATABASE ${made.name} OWNER kolabpad ${options};`);
  return made;
}

function file(): string {
  const folder = temporaryFolder();
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'pads.db');
}

const sqlite = (at: string, statement: string): string => {
  return execFileSync('sqlite3', ['-cmd', '.timeout 5000', at, statement], { encoding: 'utf8', maxBuffer: 256 << 20 }).trim();
};

const copy = (from: string, to: string): Promise<Run> => run({}, ['--copy', from, to]);

async function copied(from: string, to: string): Promise<string> {
  const result = await copy(from, to);
  expect(result, result.out).toMatchObject({ code: 0 });
  expect(result.out).toMatch(/^documents: \d+ rows.*\njournal: \d+ rows.*\nepochs: \d+ rows.*\n(\w+: \d+ rows.*\n)*calendar: \d+\n$/);
  return result.out;
}

async function refused(from: string, to: string, says: RegExp): Promise<void> {
  const result = await copy(from, to);
  expect(result.out).toMatch(says);
  expect(result.out.trim().split('\n'), result.out).toHaveLength(1);
  expect(result.out).toMatch(/^error: [A-Z].*\.$/m);
  expect(result.code).toBe(2);
}

/** A SQLite file with some pads, and no server on it. */
function someFile(pads = 3, bytes = 5000): string {
  const at = file();
  sqlite(at, TABLES);
  sqlite(
    at,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${pads})
     INSERT INTO documents (id, text, revision, created_at, updated_at, accessed_at)
     SELECT 'pad-' || i, printf('%.*c', ${bytes}, 'x') || i, 7, unixepoch(), unixepoch(), unixepoch() FROM n;
     INSERT INTO journal (document_id, first_revision, end_revision, batch, time_ms)
     SELECT id, 7, 8, x'00ff', 1700000000000 FROM documents;
     INSERT INTO epochs (document_id, epoch, first_revision) SELECT id, randomblob(16), 7 FROM documents ORDER BY rowid;`,
  );
  return at;
}

let TABLES = '';

describe.skipIf(why !== null)('--copy', () => {
  beforeAll(async () => {
    postgres = await Postgres.start();
    const folder = temporaryFolder();
    await startAndStop(path.join(folder, 'empty.db'));
    TABLES = sqlite(path.join(folder, 'empty.db'), '.dump');
    fs.rmSync(folder, { recursive: true });
  });
  afterAll(() => postgres?.dispose());

  test('images are taken along, byte for byte, into PostgreSQL and back', async () => {
    const [first, second] = [someFile(), file()];
    const between = database();
    sqlite(first, `INSERT INTO images (id, document_id, digest, type, width, height, created_at, size, bytes)
      SELECT randomblob(16), id, randomblob(16), 1, 640, 480, 1700000000, 300000, randomblob(300000) FROM documents`);
    expect(await copied(first, between.url)).toMatch(/^images: 3 rows/m);
    await copied(between.url, second);
    const all = 'SELECT hex(id), document_id, hex(digest), type, width, height, created_at, size, hex(bytes) FROM images ORDER BY id';
    expect(sqlite(second, all)).toBe(sqlite(first, all));
  });

  describe('tabs that are open resume', () => {
    const ends: [string, (server: Server) => Promise<unknown>][] = [
      ['SIGTERM', (server) => server.stop()],
      ['kill -9', (server) => server.kill()],
    ];
    test.each(ends)('there and back, after %s', async (_how, end) => {
      const [first, second] = [file(), file()];
      const between = database();
      const server = await startServer({ SQLITE_URI: first });
      const tab = freshTab();
      const alice = await v2(server, 'pad', { tab });
      await alice.type('a\u0000b \u{10FFFF}\u{1F469}\u200D\u{1F680} e\u0301 \uFEFF\uFFFE ');
      const moves: [string, string, Record<string, string | undefined>][] = [
        [first, between.url, { SQLITE_URI: undefined, DATABASE_URL: between.url }],
        [between.url, `sqlite://${second}`, { SQLITE_URI: second, DATABASE_URL: undefined }],
      ];
      let current = alice;
      for (const [from, to, settings] of moves) {
        await current.settled();
        await end(server);
        await current.closing();
        const text = current.text;
        current.replica.edit([current.length, 'typed meanwhile ']);
        await untilCopied(from, to);
        await server.restart(settings);
        const again = await v2(server, 'pad', { tab });
        await again.settled();
        expect(again.welcome).toMatchObject({ resumed: true, user_id: alice.id });
        expect(again.all('Snapshot')).toEqual([]);
        expect(again.text).toBe(`${text}typed meanwhile `);
        expect(await server.text('pad')).toBe(again.text);
        current = again;
      }
    });

    test('passwords, languages, links, owners and comments go along', async () => {
      const [at, to] = [file(), database()];
      const server = await startServer({ SQLITE_URI: at });
      const alice = await v2(server, 'secret');
      await alice.type('hidden');
      const { token: owner } = await alice.message('Owner');
      alice.send({ SetLanguage: 'rust' });
      const answer = await server.get('/api/document/secret/protect', jsonBody('POST', { user_id: alice.id, user_name: 'Alice', client: alice.tab.token }));
      const { otp } = JSON.parse(answer.text) as { otp: string };
      const link = await makeLink(server, 'secret', { role: 'view', name: 'readers', comments: true }, otp);
      const { thread } = await makeComment(server, 'secret', { revision: 1, from: 1, to: 4 }, 'why?', { secret: otp });
      await server.stop();
      await copied(at, to.url);
      await server.restart({ SQLITE_URI: undefined, DATABASE_URL: to.url });
      await expect(server.text('secret')).rejects.toThrow('401');
      expect((await ask(server, 'GET', '/api/link/text', undefined, link.token)).text).toBe('hidden');
      expect(await info(server, 'secret', owner)).toMatchObject({ access: 'own' });
      expect((await allComments(server, '', { secret: link.token })).threads).toEqual([thread]);
      const again = await v2(server, 'secret', { tab: freshTab(otp) });
      expect(again).toMatchObject({ text: 'hidden', language: 'rust' });
    });
  });

  test('every value arrives, there and back; both sides say the same of it', async () => {
    const [at, between, back] = [someFile(300), database(), file()];
    sqlite(at, `UPDATE documents SET language = 'c', otp = 'p', clients = x'0001ff' WHERE id = 'pad-7';
                UPDATE documents SET language = '', text = '' WHERE id = 'pad-8';
                INSERT INTO rights VALUES ('pad-7', randomblob(32), 1, 1, 30), ('pad-8', NULL, 0, 0, 0);
                INSERT INTO links SELECT randomblob(32), id, 'id-of-link-' || (rowid % 10), 'view', 'Klasse ä', 1, 2, rowid % 2, 3, rowid % 3 = 0
                  FROM documents LIMIT 20;
                INSERT INTO deleted VALUES (randomblob(16), 5), (randomblob(16), 6);
                INSERT INTO comments SELECT id, 'thread-' || (rowid % 10), x'00ff27' || randomblob(20) FROM documents LIMIT 20;
                INSERT INTO commented SELECT id, rowid, randomblob(15) FROM documents LIMIT 20;
                UPDATE clock SET offset_ms = 86400000;`);
    const there = await copied(at, between.url);
    expect(between.rows()).toEqual([300, 300, 300]);
    const again = await copied(between.url, back);
    expect(again).toBe(there);
    const ofTables = (name: string): string =>
      sqlite(name, `SELECT * FROM documents ORDER BY id; SELECT document_id, first_revision, end_revision, hex(batch), time_ms FROM journal;
                    SELECT document_id, hex(epoch), first_revision FROM epochs ORDER BY document_id, seq;
                    SELECT *, hex(owner) FROM rights; SELECT *, hex(hash) FROM links; SELECT hex(epoch), deleted_at FROM deleted;
                    SELECT document_id, thread, hex(bytes) FROM comments; SELECT document_id, revision, hex(places) FROM commented;`);
    expect(ofTables(back)).toBe(ofTables(at));
    const calendar = Number(sqlite(at, 'SELECT (wall_ms - offset_ms) / 1000 FROM clock'));
    expect(there).toContain(`calendar: ${calendar}`);
    expect(Math.abs(Number(sqlite(back, 'SELECT (wall_ms - offset_ms) / 1000 FROM clock')) - calendar)).toBeLessThan(2);
  });

  test('what arrives as something else is not committed', async () => {
    const [at, to] = [someFile(), database()];
    await startAndStop(to);
    to.psql(`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.revision := NEW.revision + 1; RETURN NEW; END $$;
             CREATE TRIGGER spoil BEFORE INSERT ON kp_documents FOR EACH ROW WHEN (NEW.id = 'pad-2') EXECUTE FUNCTION spoil();`);
    await refused(at, to.url, /copy of documents, read back, is not what was read/);
    expect(to.rows()).toEqual([0, 0, 0]);
  });

  test('10,000 pads', async () => {
    const [at, to] = [someFile(10_000, 500), database()];
    await copied(at, to.url);
    expect(to.rows()).toEqual([10_000, 10_000, 10_000]);
    await copied(to.url, file());
  });

  test('a file to a file, and a database to a database', async () => {
    const [at, copyOfIt, one, two] = [someFile(), file(), database(), database()];
    const first = await copied(at, copyOfIt);
    expect(await copied(copyOfIt, one.url)).toBe(first);
    expect(await copied(one.url, two.url)).toBe(first);
  });

  describe('what is refused', () => {
    test('a number of arguments that is not two', async () => {
      for (const args of [['--copy'], ['--copy', 'a'], ['--copy', 'a', 'b', 'c']]) {
        const result = await run({}, args);
        expect(result).toMatchObject({ code: 2 });
        expect(result.out).toMatch(/^error: --copy takes two databases/);
      }
    });

    test('a target that is not empty', async () => {
      const [at, other, full] = [someFile(), someFile(2), database()];
      const before = sqlite(other, '.dump');
      await copied(at, full.url);
      await refused(other, full.url, /not empty/);
      expect(full.rows()).toEqual([3, 3, 3]);
      await refused(full.url, other, /not empty/);
      expect(sqlite(other, '.dump')).toBe(before);
      full.psql('DELETE FROM kp_documents; DELETE FROM kp_epochs;');
      await refused(other, full.url, /not empty/); // there is a journal
    });

    test('the same database twice, whatever it is called', async () => {
      const [at, one] = [someFile(), database()];
      const link = `${at}-link`;
      fs.symlinkSync(at, link);
      for (const name of [at, link, `sqlite://${at}`, `file://${at}`]) await refused(at, name, /same database/);
      await startAndStop(one);
      const other = `postgresql://kolabpad@localhost:${postgres.port}/${one.name}?connect_timeout=3`;
      await refused(one.url, one.url, /same database/);
      await refused(one.url, other, /same database/);
    });

    test('a source that is not there, is empty, or is no database', async () => {
      const [none, to] = [file(), database()];
      await refused(none, to.url, /Cannot find .*pads\.db/);
      expect(fs.existsSync(none)).toBe(false);
      fs.writeFileSync(none, '');
      await refused(none, to.url, /no pads/);
      fs.writeFileSync(none, Buffer.alloc(8192, 'no database. '));
      await refused(none, to.url, /not a database/);
      await refused(path.dirname(none), to.url, /not a file/);
      await refused('', to.url, /in memory/);
      await refused(':memory:', to.url, /in memory/);
      await refused(database().url, file(), /no pads/);
      expect(to.psql("SELECT count(*) FROM pg_class WHERE relname LIKE 'kp\\_%';")).toBe('0');
    });

    test('an ancestor that was not taken over, another program, an older and a newer schema', async () => {
      const to = database();
      const ancestor = file();
      sqlite(ancestor, "CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT); INSERT INTO document VALUES ('a', 'b', NULL);");
      const before = sqlite(ancestor, '.dump');
      await refused(ancestor, to.url, /older program/);
      await refused(someFile(), ancestor, /older program/);
      expect(sqlite(ancestor, '.dump')).toBe(before);
      const foreign = file();
      sqlite(foreign, 'CREATE TABLE bookmarks(url TEXT)');
      await refused(foreign, to.url, /another program/);
      await refused(someFile(), foreign, /another program/);
      const older = someFile();
      sqlite(older, 'DROP TABLE clock; DROP TABLE rights; DROP TABLE links; DROP TABLE deleted; DELETE FROM schema_migrations WHERE version >= 103');
      await refused(older, to.url, /older Kolabpad/);
      await refused(someFile(), older, /older Kolabpad/);
      const newer = someFile();
      sqlite(newer, "INSERT INTO schema_migrations VALUES (999, 'later', 0)");
      await refused(newer, to.url, /newer Kolabpad/);
      await refused(someFile(), newer, /newer Kolabpad/);
    });

    test('the same for PostgreSQL', async () => {
      const [foreign, newer] = [database(), database()];
      foreign.psql('SET ROLE kolabpad; CREATE TABLE kp_documents (title text);');
      await refused(someFile(), foreign.url, /database to copy to has tables .* another program/);
      await refused(foreign.url, file(), /database to copy from has tables .* another program/);
      await startAndStop(newer);
      newer.psql("INSERT INTO kp_migrations VALUES (999, 'later', now(), 201);");
      await refused(someFile(), newer.url, /newer Kolabpad/);
      await refused(newer.url, file(), /newer Kolabpad/);
      newer.psql('DELETE FROM kp_migrations; INSERT INTO kp_migrations VALUES (200, $$before$$, now(), 200);');
      await refused(someFile(), newer.url, /older Kolabpad/);
      await refused(newer.url, file(), /older Kolabpad/);
      await refused(someFile(), database("ENCODING 'LATIN1' TEMPLATE template0").url, /LATIN1.*ENCODING 'UTF8'/);
    });

    test('unreachable, read-only, or not an address; never with its password', async () => {
      const port = await freePort();
      const readOnly = database();
      for (const [from, to] of [[someFile(), ''], ['', file()]] as const) {
        const say = (url: string, says: RegExp): Promise<void> => refused(from || url, to || url, says);
        await say(`postgres://kolabpad:hunter2@127.0.0.1:${port}/pads`, /^(?!.*hunter2).*Cannot reach/);
        await say(`postgres://kolabpad:hunter2@127.0.0.1:${postgres.port}/nowhere`, /^(?!.*hunter2).*nowhere/);
        await say('postgres://kolabpad:hun%ter2@host:port:port/pads', /^(?!.*ter2).*not one that/);
        postgres.psql(`ALTER DATABASE ${readOnly.name} SET default_transaction_read_only = on;`);
        await say(readOnly.url, /read-only/);
        postgres.psql(`ALTER DATABASE ${readOnly.name} RESET default_transaction_read_only;`);
      }
    });

    test('while a server runs on either', async () => {
      const [at, busyFile, busy] = [someFile(), file(), database()];
      const onFile = await startServer({ SQLITE_URI: busyFile });
      const alice = await v2(onFile, 'pad');
      await refused(busyFile, database().url, /server runs/);
      await refused(at, busyFile, /server runs/);
      await alice.type('undisturbed');
      const onPostgres = await startServer({ SQLITE_URI: undefined, DATABASE_URL: busy.url });
      const bob = await v2(onPostgres, 'pad');
      await refused(busy.url, file(), /server runs/);
      await refused(at, busy.url, /server runs/);
      await bob.type('undisturbed');
      expect(await onPostgres.text('pad')).toBe('undisturbed');
    });
  });

  describe('in the middle of it', () => {
    async function through(to: Database): Promise<{ proxy: PgProxy; url: string }> {
      const proxy = await PgProxy.start(postgres.port);
      onTestFinished(() => proxy.dispose());
      return { proxy, url: `postgres://kolabpad@127.0.0.1:${proxy.port}/${to.name}` };
    }

    const noSessions = (of: Database): Promise<unknown> =>
      until('its sessions to end', () => postgres.psql(`SELECT count(*) FROM pg_stat_activity WHERE datname = '${of.name}';`).trim() === '0');

    test('kill -9 of the copy leaves an empty target, to which it can be copied again', async () => {
      const [at, to, back] = [someFile(50), database(), file()];
      const { proxy, url } = await through(to);
      for (const [from, target, statement] of [[at, url, 'INSERT INTO kp_epochs'], [url, back, 'FETCH']] as const) {
        const isHeld = proxy.sayAndWait(`hold before ${statement}`);
        const child = spawn(SERVER_PATH, ['--copy', from, target], { stdio: 'ignore' });
        await isHeld;
        child.kill('SIGKILL');
        await proxy.say('forget');
        await noSessions(to);
        if (target === url) expect(to.rows()).toEqual([0, 0, 0]);
        else expect(sqlite(back, 'SELECT count(*) FROM documents')).toBe('0');
        await copied(from, target);
      }
      expect(sqlite(back, 'SELECT count(*) FROM documents')).toBe('50');
    });

    test('kill -9 of PostgreSQL', async () => {
      const [at, to, back] = [someFile(50), database(), file()];
      const { proxy, url } = await through(to);
      for (const [from, target, statement] of [[at, url, 'INSERT INTO kp_epochs'], [url, back, 'FETCH']] as const) {
        const isHeld = proxy.sayAndWait(`hold before ${statement}`);
        const outcome = refused(from, target, /Cannot (read|write) the database .*Nothing was copied/);
        await isHeld;
        await postgres.kill();
        await proxy.say('forget');
        await outcome;
        await postgres.start();
        if (target === url) expect(to.rows()).toEqual([0, 0, 0]);
        await copied(from, target);
      }
    });

    test('the connection breaks before the commit, within it and after: all or nothing, and it says which', async () => {
      const at = someFile(50);
      for (const place of ['before', 'within', 'before-answer', 'within-answer']) {
        const to = database();
        const { proxy, url } = await through(to);
        await startAndStop(to);
        await proxy.say(`cut ${place} COMMIT`);
        await refused(at, url, /did not say whether it has the copy/);
        const count = place.endsWith('answer') ? 50 : 0;
        await until('PostgreSQL to end it', () => to.rows().every((n) => n === count));
        if (count > 0) await refused(at, url, /not empty/);
        else await untilCopied(at, url);
      }
    });

    test('and in the middle of the rows: nothing was copied', async () => {
      const [at, to, back] = [someFile(50), database(), file()];
      const { proxy, url } = await through(to);
      await startAndStop(to);
      for (const statement of ['INSERT INTO kp_documents', 'INSERT INTO kp_epochs', 'FETCH', 'UPDATE kp_calendar']) {
        await proxy.say(`cut within ${statement}`);
        await refused(at, url, /Cannot (read|write) the database to copy to: .*Nothing was copied/);
        expect(to.rows()).toEqual([0, 0, 0]);
      }
      await untilCopied(at, url);
      await proxy.say('cut within-answer FETCH');
      await refused(url, back, /Cannot read the database to copy from: .*Nothing was copied/);
      await untilCopied(url, back);
    });
  });
});

/** Makes the tables. */
async function startAndStop(where: string | Database): Promise<void> {
  const server = await Server.start(typeof where === 'string' ? { SQLITE_URI: where } : { SQLITE_URI: undefined, DATABASE_URL: where.url });
  await server.stop();
  await server.dispose();
}

/** A server or a copy that was killed counts for a few seconds. */
async function untilCopied(from: string, to: string): Promise<void> {
  await until('the copy', async () => (await copy(from, to)).code === 0);
}
