// invariants.ts - what must be true of the tables, whatever has happened to servers,
// networks and PostgreSQL: rules in SQL, and the witness that they are asked of.
//
// The tables forget: rows of a journal go with the next snapshot, and a server's row
// when nothing points at it any more. So watchTables(), called on an empty database, sees to
// triggers that write down each row of each journal, who had its document at that moment,
// and each death. They write in the transaction that they are about, so they say what was
// committed.
import type { Postgres } from './postgres.ts';

/** Given at the start of PostgreSQL, or it does not know when a row was committed. */
export const WITNESS_SETTINGS = { track_commit_timestamp: 'on' };

const WITNESS = `
  CREATE SCHEMA witness;
  CREATE TABLE witness.rows (seq bigserial PRIMARY KEY, document_id text COLLATE "C", first_revision int8,
    end_revision int8, writer int8, owner int8, text_revision int8);
  CREATE TABLE witness.deaths (incarnation int8 PRIMARY KEY, dead_at timestamptz);
  CREATE FUNCTION witness.row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO witness.rows (document_id, first_revision, end_revision, writer, owner, text_revision) VALUES
      (NEW.document_id, NEW.first_revision, NEW.end_revision, NEW.writer,
       (SELECT owner FROM public.kp_placement WHERE document_id = NEW.document_id),
       (SELECT revision FROM public.kp_documents WHERE id = NEW.document_id));
    RETURN NULL; END $$;
  CREATE FUNCTION witness.gone() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO witness.rows (document_id, first_revision, end_revision) VALUES (OLD.id, 0, 0);
    RETURN NULL; END $$;
  CREATE FUNCTION witness.death() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO witness.deaths VALUES (NEW.incarnation, NEW.dead_at);
    RETURN NULL; END $$;
  CREATE FUNCTION witness.watch() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE made text; BEGIN
    FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands() LOOP
      IF made = 'public.kp_journal' THEN
        CREATE TRIGGER witness AFTER INSERT ON kp_journal FOR EACH ROW EXECUTE FUNCTION witness.row();
      ELSIF made = 'public.kp_documents' THEN
        CREATE TRIGGER witness AFTER DELETE ON kp_documents FOR EACH ROW EXECUTE FUNCTION witness.gone();
      ELSIF made = 'public.kp_nodes' THEN
        CREATE TRIGGER witness AFTER UPDATE OF dead_at ON kp_nodes FOR EACH ROW
          WHEN (OLD.dead_at IS NULL AND NEW.dead_at IS NOT NULL) EXECUTE FUNCTION witness.death();
      END IF;
    END LOOP; END $$;
  CREATE EVENT TRIGGER witness ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION witness.watch();`;

/** Each asks for what breaks it. A text may be written before the edits that are in it, and if those never
 *  follow, the journal goes on where the text ends. */
const RULES: Record<string, string> = {
  'each row of a journal follows the one before, or what is between them is in the text': `
    SELECT j.*, d.revision FROM (SELECT document_id, first_revision, lag(end_revision) OVER
      (PARTITION BY document_id ORDER BY first_revision) AS before FROM kp_journal) j LEFT JOIN kp_documents d ON d.id = document_id
      WHERE before > first_revision OR (before < first_revision AND first_revision > coalesce(d.revision, 0))`,
  'a journal begins where its text ends, or before': `
    SELECT j.document_id, d.revision, j.first FROM (SELECT document_id, min(first_revision) AS first FROM kp_journal GROUP BY 1) j
      LEFT JOIN kp_documents d ON d.id = j.document_id WHERE j.first > coalesce(d.revision, 0)`,
  'no document belongs to a server that was never there': `
    SELECT p.* FROM kp_placement p LEFT JOIN kp_nodes n ON n.incarnation = p.owner WHERE n.incarnation IS NULL`,
  'the lanes of a dead server are dead, and only those': `
    SELECT n.incarnation, n.dead_at, l.lane, l.dead FROM kp_nodes n JOIN kp_lanes l USING (incarnation)
      WHERE l.dead <> (n.dead_at IS NOT NULL)`,
};

/** Those that only the witness can answer. */
const RULES_OF_WITNESS: Record<string, string> = {
  'each row that was ever committed follows the one before, or began where the text ended': `
    SELECT * FROM (SELECT *, lag(end_revision) OVER (PARTITION BY document_id ORDER BY seq) AS before FROM witness.rows) r
      WHERE before <> first_revision AND end_revision > 0 AND NOT (before < first_revision AND first_revision = text_revision)`,
  'only the owner of a document writes its rows': `
    SELECT * FROM witness.rows WHERE end_revision > 0 AND owner IS DISTINCT FROM writer`,
  'nothing is committed in the name of a server after its death': `
    SELECT r.*, pg_xact_commit_timestamp(r.xmin) AS committed_at, dead_at FROM witness.rows r
      JOIN witness.deaths ON incarnation = writer
      WHERE current_setting('track_commit_timestamp') = 'on' AND pg_xact_commit_timestamp(r.xmin) > dead_at`,
};

/** All is written down from the moment when a server makes the tables. */
export function watchTables(postgres: Postgres): void {
  postgres.psql(WITNESS);
}

/** The rules that are broken, with the rows that break them; empty when all is well. */
export function brokenRules(postgres: Postgres): string[] {
  const isWatched = postgres.psql("SELECT to_regclass('witness.rows') IS NOT NULL").trim() === 't';
  const rules = Object.entries({ ...RULES, ...(isWatched ? RULES_OF_WITNESS : {}) });
  return rules.flatMap(([rule, query]) => {
    const breaches = postgres.sql(`${query} LIMIT 10`);
    return breaches.length === 0 ? [] : [`not true: ${rule}: ${JSON.stringify(breaches)}`];
  });
}

/** Throws when a rule is broken. */
export function checkTables(postgres: Postgres): void {
  const broken = brokenRules(postgres);
  if (broken.length > 0) throw new Error(broken.join('\n'));
}
