#include "support/store_postgres.h"

#if !KP_POSTGRES

bool store_can_use_postgres(void)
{
    return false;
}

void store_use_postgres(struct postgres *postgres)
{
    (void)postgres;
}

#else

#include <libpq-fe.h>

static struct postgres *server;

/* The tables under SQLite's names, so that tests look at either with the same SQL. */
static const char VIEWS[] =
    "SET client_min_messages = error; CREATE SCHEMA IF NOT EXISTS look;"
    "CREATE OR REPLACE VIEW look.documents AS SELECT id, revision, created_at, updated_at, accessed_at,"
    " convert_from(language, 'UTF8') AS language, convert_from(otp, 'UTF8') AS otp, clients,"
    " convert_from(text, 'UTF8') AS text FROM kp_documents;"
    "CREATE OR REPLACE VIEW look.journal AS SELECT * FROM kp_journal;"
    "CREATE OR REPLACE VIEW look.epochs AS SELECT * FROM kp_epochs;"
    "CREATE OR REPLACE VIEW look.rights AS SELECT * FROM kp_rights;"
    "CREATE OR REPLACE VIEW look.links AS SELECT * FROM kp_links;"
    "CREATE OR REPLACE VIEW look.deleted AS SELECT * FROM kp_deleted;"
    "CREATE OR REPLACE VIEW look.history_fresh AS SELECT * FROM kp_history_fresh;"
    "CREATE OR REPLACE VIEW look.history AS SELECT * FROM kp_history;"
    "CREATE OR REPLACE VIEW look.checkpoints AS SELECT document_id, revision, kept_at, form,"
    " convert_from(text, 'UTF8') AS text FROM kp_checkpoints;"
    "CREATE OR REPLACE VIEW look.authors AS SELECT document_id, author, first_revision,"
    " convert_from(name, 'UTF8') AS name, hue FROM kp_authors;"
    "CREATE OR REPLACE VIEW look.images AS SELECT * FROM kp_images;"
    "CREATE OR REPLACE VIEW look.history_off AS SELECT * FROM kp_history_off;"
    "CREATE OR REPLACE VIEW look.comments AS SELECT * FROM kp_comments;"
    "CREATE OR REPLACE VIEW look.commented AS SELECT * FROM kp_commented;"
    "SET search_path = public, look";
static const char EMPTY[] = "TRUNCATE kp_documents, kp_journal, kp_epochs, kp_placement, kp_deleted CASCADE;"
                            "UPDATE kp_calendar SET keeper = 0; DELETE FROM kp_nodes";

static PGconn *connect_to(struct fixture *f)
{
    PGconn *c = f->looker;
    if (!c)
        f->looker = c = PQconnectdb(f->uri);
    if (PQstatus(c) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(c));
    return c;
}

/* The first column of the last row. */
static const char *run(struct fixture *f, const char *statements, bool must_work)
{
    static char answer[256];
    PGresult *result = PQexec(connect_to(f), statements);
    ExecStatusType status = PQresultStatus(result);
    if (must_work && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", statements, PQresultErrorMessage(result));
    int rows = PQntuples(result);
    snprintf(answer, sizeof answer, "%s", rows ? PQgetvalue(result, rows - 1, 0) : "");
    PQclear(result);
    return answer;
}

static const char *look(struct fixture *f, const char *statements)
{
    run(f, VIEWS, true);
    return run(f, statements, true);
}

static void init(struct fixture *f)
{
    snprintf(f->uri, sizeof f->uri, "%s", server->uri);
    f->looker = NULL;
    run(f, EMPTY, false); /* there are none before the first store was opened */
}

static void set_now(struct fixture *f, int64_t ms)
{
    char update[96];
    snprintf(update, sizeof update, "UPDATE kp_calendar SET calendar_ms = %lld", (long long)ms);
    run(f, update, true);
}

static void deinit(struct fixture *f)
{
    PQfinish(f->looker);
}

static const struct fixture_database POSTGRES = {
    .init = init, .deinit = deinit, .look = look, .set_now = set_now};

bool store_can_use_postgres(void)
{
    return postgres_is_installed();
}

void store_use_postgres(struct postgres *postgres)
{
    server = postgres;
    fixture_database = postgres ? &POSTGRES : NULL;
}

#endif

int store_run_group_on_postgres(const char *program, const struct CMUnitTest *tests, size_t count,
                                struct postgres *server_to_keep)
{
    struct postgres own, *postgres = server_to_keep ? server_to_keep : &own;
    if (!store_can_use_postgres()) {
        printf("[  SKIPPED ] %s_on_postgres\n", program);
        return 0;
    }
    postgres_init(postgres, NULL);
    store_use_postgres(postgres);
    /* What cmocka_run_group_tests_name() expands to, which takes an array and not a pointer. */
    int failed = _cmocka_run_group_tests("on PostgreSQL", tests, count, NULL, NULL);
    store_use_postgres(NULL);
    postgres_deinit(postgres);
    return failed;
}
