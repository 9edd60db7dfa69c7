// store.ts - which database the servers under test keep their pads in.
//
//   KP_STORE=postgres npx vitest run --project blackbox blackbox/kill_nine.test.ts
//
// KP_NODES=2 (or more) starts so many servers on each of these databases instead of one, and
// whatever speaks to "the server" comes to one after the other, as behind a balancer: so most
// of it comes to one that does not have the document. It implies KP_STORE=postgres.
//
// Without KP_STORE it is a SQLite file in the server's folder. With `postgres` each
// test file has a PostgreSQL of its own, and in it each folder has a database, so
// that servers that share a folder share it, one after the other.
import fs from 'node:fs';
import { Postgres, whyNoPostgres } from './postgres.ts';

export const NODES = Number(process.env['KP_NODES'] ?? 1);
export const ON_POSTGRES = process.env['KP_STORE'] === 'postgres' || NODES > 1;

type Database = { readonly server: Postgres; readonly name: string };

let starting: Promise<Postgres> | undefined;
const databases = new Map<string, Promise<Database>>();
const ready = new Map<string, Database>();

// It ends with this process, but its folder does not.
async function start(): Promise<Postgres> {
  const why = whyNoPostgres();
  if (why !== null) throw new Error(`KP_STORE=postgres: ${why}`);
  const server = await Postgres.start();
  process.on('exit', () => {
    process.kill(server.pid, 'SIGQUIT');
    fs.rmSync(server.folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return server;
}

/** The tables under SQLite's names, so that tests look at either with the same SQL. */
const VIEWS = `
  CREATE SCHEMA look;
  CREATE FUNCTION look.words(bytes bytea) RETURNS text LANGUAGE sql AS $$ SELECT convert_from(bytes, 'UTF8') $$;`;
const VIEWS_OF_TABLES = `
  CREATE OR REPLACE VIEW look.documents AS SELECT id, revision, created_at, updated_at, accessed_at,
    look.words(language) AS language, look.words(otp) AS otp, clients, look.words(text) AS text FROM kp_documents;
  CREATE OR REPLACE VIEW look.journal AS SELECT * FROM kp_journal;
  CREATE OR REPLACE VIEW look.epochs AS SELECT * FROM kp_epochs;
  CREATE OR REPLACE VIEW look.rights AS SELECT * FROM kp_rights;
  CREATE OR REPLACE VIEW look.links AS SELECT * FROM kp_links;
  CREATE OR REPLACE VIEW look.deleted AS SELECT * FROM kp_deleted;
  SET search_path = public, look;`;

async function create(folder: string): Promise<Database> {
  const server = await (starting ??= start());
  const name = `pads_${ready.size}_${databases.size}`;
  server.psql(`CREATE DATABASE ${name} OWNER kolabpad;`);
  server.psql(`\\connect ${name}\n${VIEWS}`);
  const database = { server, name };
  ready.set(folder, database);
  return database;
}

/** The DATABASE_URL of the servers in this folder; undefined: they use SQLite. */
export async function databaseUrl(folder: string): Promise<string | undefined> {
  if (!ON_POSTGRES) return undefined;
  const known = databases.get(folder) ?? create(folder);
  databases.set(folder, known);
  const { server, name } = await known;
  return `postgres://kolabpad@127.0.0.1:${server.port}/${name}`;
}

/** Runs SQL on the folder's database and returns the rows. */
export function sqlOnPostgres<Row>(folder: string, statement: string): Row[] {
  const { server, name } = ready.get(folder)!;
  const isQuery = /^\s*(select|with)\b/i.test(statement);
  const query = isQuery ? `SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (${statement}) q` : statement;
  const out = server.psql(`\\connect ${name}\n\\o /dev/null\n${VIEWS_OF_TABLES}\n\\o\n${query};`);
  return isQuery ? (JSON.parse(out) as Row[]) : [];
}

/** Makes the folder's database read-only, as a standby is, and ends its sessions; or writable again. */
export function setReadOnly(folder: string, isReadOnly: boolean): void {
  const { server, name } = ready.get(folder)!;
  server.psql(
    isReadOnly
      ? `ALTER DATABASE ${name} SET default_transaction_read_only = on;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`
      : `ALTER DATABASE ${name} RESET default_transaction_read_only`,
  );
}

/** Copies the folder's database to one beside it, or that one back. Nobody is connected to it. */
export function copyDatabase(folder: string, direction: 'out' | 'back'): void {
  const { server, name } = ready.get(folder)!;
  const [from, to] = direction === 'out' ? [name, `${name}_backup`] : [`${name}_backup`, name];
  server.psql(`DROP DATABASE IF EXISTS ${to};`);
  server.psql(`CREATE DATABASE ${to} OWNER kolabpad TEMPLATE ${from};`);
}
