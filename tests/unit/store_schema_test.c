/* link: kp_store kp_alloc store_fixture faulty_vfs */
/* Files of other times and other programs: taken over, migrated, or refused
 * and left as they are. */
#include "store/sqlite/legacy_id.h"
#include "store/sqlite/legacy_import.h"
#include "store/sqlite/open_elsewhere.h"
#include "support/faulty_vfs.h"
#include "support/store_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

static int setup(void **state)
{
    struct fixture *f = test_malloc(sizeof *f);
    faulty_vfs_register();
    fixture_init(f, NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    faulty_vfs_heal();
    fixture_deinit(*state);
    test_free(*state);
    return 0;
}

/* ---- bytes of files ---------------------------------------------------- */

static struct buf read_file(const char *path)
{
    struct buf bytes = {0};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
        assert_int_equal(buf_append(&bytes, slice_of(chunk, n)), OK);
    fclose(file);
    return bytes;
}

static void write_file(const char *path, struct slice bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fclose(file);
}

/* Opening fails with `expected` in the sentence, and not a byte has changed. */
static void expect_refused(struct fixture *f, const char *expected)
{
    char message[512] = "";
    struct buf before = read_file(f->path);
    assert_int_equal(fixture_try_open(f, STORE_JOURNAL, message), ERR_STORAGE);
    if (!strstr(message, expected) || !strstr(message, f->path))
        fail_msg("unexpected: %s", message);
    struct buf after = read_file(f->path);
    assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
    buf_deinit(&before);
    buf_deinit(&after);
}

/* ---- ancestors --------------------------------------------------------- */

static const char RUSTPAD[] = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT);"
                              "INSERT INTO _sqlx_migrations VALUES (1, 'document');"
                              "CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT);"
                              "INSERT INTO document VALUES ('plain', 'hello', 'rust'), ('none', '', NULL);";

static const char KOLABPAD_GO[] =
    "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, filename TEXT NOT NULL,"
    " applied_at INTEGER NOT NULL);"
    "INSERT INTO schema_migrations VALUES (1, '1_document.sql', 1700000000);"
    "CREATE TABLE document (id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT, otp TEXT);"
    "INSERT INTO document VALUES ('open', 'hello', 'go', NULL), ('shut', 'secret', NULL, 'pw');";

static void expect_document(struct fixture *f, const char *id, const char *text, const char *language,
                            const char *password)
{
    struct store_request *r = ask(f, load_of(id));
    assert_int_equal(r->result, OK);
    assert_true(r->found);
    assert_slice(r->text, text);
    assert_slice(r->language, language);
    assert_slice(r->password, password);
    assert_int_equal(r->revision, 0);
    assert_true(r->created_ms > T0_MS);
    store_request_free(r);
}

static void rustpads_documents_are_taken_over(void **state)
{
    struct fixture *f = *state;
    sql(f, RUSTPAD);
    fixture_open(f, STORE_JOURNAL);
    expect_document(f, "plain", "hello", "rust", NULL);
    expect_document(f, "none", "", NULL, NULL);
    assert_int_equal(store_stats(f->store).documents, 2);
    assert_int_equal(event_count(f, STORE_EVENT_MIGRATED), 1);
    assert_non_null(strstr(f->last_text[STORE_EVENT_MIGRATED], "took over 2 documents"));
    assert_string_equal(sql(f, "SELECT text FROM document WHERE id = 'plain'"), "hello");
}

static void kolabpad_gos_documents_are_taken_over_with_their_passwords(void **state)
{
    struct fixture *f = *state;
    sql(f, KOLABPAD_GO);
    fixture_open(f, STORE_JOURNAL);
    expect_document(f, "open", "hello", "go", NULL);
    expect_document(f, "shut", "secret", NULL, "pw");
    assert_string_equal(sql(f, "SELECT filename FROM schema_migrations WHERE version = 1"), "1_document.sql");
}

static void a_document_is_taken_over_once(void **state)
{
    struct fixture *f = *state;
    sql(f, RUSTPAD);
    fixture_open(f, STORE_JOURNAL);
    struct store_request *r = snapshot_of("plain", "edited", 1);
    expect(f, r, OK);
    expect(f, delete_of("none", INT64_MAX), OK);
    fixture_close(f);
    fixture_open(f, STORE_JOURNAL);
    assert_int_equal(event_count(f, STORE_EVENT_MIGRATED), 1);
    r = ask(f, load_of("plain"));
    assert_slice(r->text, "edited");
    store_request_free(r);
    r = ask(f, load_of("none"));
    assert_false(r->found);
    store_request_free(r);
}

static void no_text_of_an_ancestor_is_refused(void **state)
{
    struct fixture *f = *state;
    sql(f, "CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT, language TEXT);"
           "INSERT INTO document VALUES ('windows', 'a' || char(13, 10) || 'b', 'c'),"
           " ('mac', 'a' || char(13) || 'b' || char(13), 'c'), ('null', NULL, 'c'),"
           " ('broken', CAST(x'61ff62e28261f09f8e' AS TEXT), 'c'), ('blob', x'c3a9', 'c'), ('nul', "
           "CAST(x'610062' AS TEXT), 'c'), (NULL, 'nameless', 'c');");
    fixture_open(f, STORE_JOURNAL);
    expect_document(f, "windows", "a\nb", "c", NULL);
    expect_document(f, "mac", "a\nb\n", "c", NULL);
    expect_document(f, "null", "", "c", NULL);
    expect_document(f, "broken",
                    "a\xef\xbf\xbd"
                    "b\xef\xbf\xbd"
                    "a\xef\xbf\xbd",
                    "c", NULL);
    expect_document(f, "blob", "\xc3\xa9", "c", NULL);
    assert_int_equal(store_stats(f->store).documents, 6);
    struct store_request *r = ask(f, load_of("nul"));
    assert_true(slice_equal(r->text, SLICE("a\0b")));
    store_request_free(r);
}

static void repair(const char *from, const char *expected)
{
    struct buf out = {0};
    assert_int_equal(legacy_import_repair(slice_from_cstr(from), &out), OK);
    assert_slice(out.ptr ? buf_slice(&out) : SLICE(""), expected);
    buf_deinit(&out);
}

static void broken_sequences_become_one_replacement_each(void **state)
{
    (void)state;
    repair("", "");
    repair("\xf0\x9f\x8e\x89", "\xf0\x9f\x8e\x89");
    repair("\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd");   /* stray continuations */
    repair("\xf0\x9f\x8e", "\xef\xbf\xbd");           /* cut off at the end */
    repair("\xe2\x82z", "\xef\xbf\xbdz");             /* cut off before a letter */
    repair("\xc0\xafz", "\xef\xbf\xbdz");             /* overlong */
    repair("\xed\xa0\x80z", "\xef\xbf\xbdz");         /* a surrogate */
    repair("\xff\xfez", "\xef\xbf\xbd\xef\xbf\xbdz"); /* never in UTF-8 */
    repair("\r\r\n\n\r", "\n\n\n\n");
}

static void expect_text(struct fixture *f, const char *id, const char *text)
{
    struct store_request *r = ask(f, load_of(id));
    assert_true(r->found);
    assert_slice(r->text, text);
    store_request_free(r);
}

static void rustpads_ids_are_decoded(void **state)
{
    struct fixture *f = *state;
    sql(f, "CREATE TABLE document(id TEXT PRIMARY KEY, text TEXT NOT NULL, language TEXT);"
           "INSERT INTO document VALUES ('my%20pad', 'one', NULL), ('caf%C3%A9', 'two', NULL), ('100%', "
           "'three', NULL),"
           " ('both%20forms', 'encoded', NULL), ('both forms', 'plain', NULL), ('a%2Fb', 'four', NULL),"
           " ('%ff', 'five', NULL), ('r%C3%A9', 'first', NULL), ('r%c3%a9', 'second', NULL);");
    fixture_open(f, STORE_JOURNAL);
    expect_text(f, "my pad", "one");
    expect_text(f, "caf\xc3\xa9", "two");
    expect_text(f, "100%", "three");
    expect_text(f, "both forms", "plain");
    expect_text(f, "both%20forms", "encoded"); /* the decoded id is another's: the log says so */
    assert_int_equal(event_count(f, STORE_EVENT_LEGACY), 2);
    expect_text(f, "a%2Fb", "four");
    expect_text(f, "%ff", "five");
    expect_text(f, "r\xc3\xa9", "first");
    expect_text(f, "r%c3%a9", "second");
    assert_int_equal(store_stats(f->store).documents, 9);
}

static void kolabpad_gos_ids_are_not_encoded(void **state)
{
    struct fixture *f = *state;
    sql(f, KOLABPAD_GO);
    sql(f, "INSERT INTO document VALUES ('50%25', 'x', NULL, NULL)");
    fixture_open(f, STORE_JOURNAL);
    expect_text(f, "50%25", "x");
}

static void a_file_that_was_rustpads_first_has_encoded_ids(void **state)
{
    struct fixture *f = *state;
    sql(f, KOLABPAD_GO);
    sql(f, "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY);"
           "INSERT INTO document VALUES ('my%20pad', 'x', NULL, NULL)");
    fixture_open(f, STORE_JOURNAL);
    expect_text(f, "my pad", "x");
}

static void every_id_can_be_reached(void **state)
{
    struct fixture *f = *state;
    struct buf id = {0};
    sql(f, KOLABPAD_GO);
    sql(f, "INSERT INTO document VALUES ('a/b', 'slash', NULL, NULL)");
    fixture_open(f, STORE_JOURNAL);
    assert_int_equal(legacy_id_rename(SLICE("a/b"), &id), OK);
    assert_int_equal(buf_append_byte(&id, 0), OK);
    assert_true(strncmp(id.ptr, "a-b-", 4) == 0);
    expect_text(f, id.ptr, "slash");
    assert_non_null(strstr(f->last_text[STORE_EVENT_LEGACY], "\"a/b\""));
    assert_non_null(strstr(f->last_text[STORE_EVENT_LEGACY], id.ptr));
    assert_string_equal(sql(f, "SELECT count(*) FROM documents"), "3");
    buf_deinit(&id);
}

static void renamed_ids_are_valid_and_differ(void **state)
{
    static char longest[400];
    struct buf a = {0}, b = {0};
    (void)state;
    memset(longest, 'x', sizeof longest);
    memcpy(longest + 109, "\xc3\xa9\xf0\x9f\x8e\x89", 6); /* not cut inside of these */
    for (size_t len = 129; len < sizeof longest; len++) {
        const struct slice id = slice_of(longest, len);
        assert_false(legacy_id_is_valid(id));
        assert_int_equal(legacy_id_rename(id, &a), OK);
        assert_true(legacy_id_is_valid(buf_slice(&a)));
        assert_int_equal(legacy_id_rename(slice_of(longest, len - 1), &b), OK);
        assert_false(slice_equal(buf_slice(&a), buf_slice(&b)));
    }
    const struct slice odd[] = {SLICE(""),         SLICE("/"),    SLICE("a\tb"),
                                SLICE("\xc2\x85"), SLICE("\xff"), SLICE("\x7f")};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_false(legacy_id_is_valid(odd[i]));
        assert_int_equal(legacy_id_rename(odd[i], &a), OK);
        assert_true(legacy_id_is_valid(buf_slice(&a)));
    }
    buf_deinit(&a);
    buf_deinit(&b);
}

/* This process is not somebody else. */
static void an_open_file_is_noticed(void **state)
{
    struct fixture *f = *state;
    char who[64] = "";
    int ready[2];
    sql(f, KOLABPAD_GO);
    FILE *ours = fopen(f->path, "rb");
    assert_non_null(ours);
    assert_false(is_open_elsewhere(f->path, who, sizeof who));
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork(); /* inherits it */
    if (child == 0) {
        char byte;
        close(ready[1]);
        (void)!read(ready[0], &byte, 1); /* until the parent closes its end */
        _exit(0);
    }
    char expected[32];
    snprintf(expected, sizeof expected, "%ld (", (long)child);
    assert_true(is_open_elsewhere(f->path, who, sizeof who));
    assert_non_null(strstr(who, expected));
    close(ready[1]);
    waitpid(child, NULL, 0);
    assert_false(is_open_elsewhere(f->path, who, sizeof who));
    close(ready[0]);
    fclose(ours);
}

static void a_failed_legacy_import_leaves_the_file_as_it_was(void **state)
{
    struct fixture *f = *state;
    sql(f, KOLABPAD_GO);
    snprintf(f->uri, sizeof f->uri, "file:%s?vfs=faulty", f->path);
    for (uint32_t writes = 0; writes < 6; writes++) {
        faulty_vfs_fail(FAULTY_WRITE, SQLITE_FULL, writes, FAULTY_ALWAYS);
        expect_refused(f, "left as it is");
        faulty_vfs_heal();
    }
    fixture_open(f, STORE_JOURNAL);
    expect_document(f, "shut", "secret", NULL, "pw");
}

/* ---- our own ----------------------------------------------------------- */

static void migrations_are_recorded_and_run_once(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++) {
        fixture_open(f, STORE_JOURNAL);
        fixture_close(f);
    }
    assert_int_equal(event_count(f, STORE_EVENT_MIGRATED), 1);
    assert_string_equal(sql(f, "SELECT COUNT(*) || ' ' || max(version) FROM schema_migrations"), "8 109");
    assert_string_equal(sql(f, "PRAGMA journal_mode"), "wal");
    assert_string_equal(sql(f, "PRAGMA user_version"), "109");
}

/* As a file of version 104 is that a program from between two releases has made. */
static void back_to_an_unfinished_104(struct fixture *f)
{
    sql(f, "DROP TABLE images; DROP TABLE comments; DROP TABLE commented; DROP TABLE secrets;"
           "DROP TABLE history_fresh; DROP TABLE history; DROP TABLE checkpoints; DROP TABLE authors;"
           "DROP TABLE history_off; DROP TABLE deleted; ALTER TABLE links DROP COLUMN comments;"
           "ALTER TABLE rights DROP COLUMN owner_writes;"
           "DELETE FROM schema_migrations WHERE version > 104; PRAGMA user_version = 104");
}

static void an_unfinished_version_is_completed(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, STORE_JOURNAL);
    expect(f, snapshot_of("pad", "text", 1), OK);
    fixture_close(f);
    back_to_an_unfinished_104(f);
    fixture_open(f, STORE_JOURNAL);
    struct store_request *r = ask(f, load_of("pad"));
    assert_slice(r->text, "text");
    store_request_free(r);
    assert_string_equal(sql(f, "PRAGMA user_version"), "109");
}

static void what_cannot_be_brought_up_to_date_stays_as_it_was(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, STORE_JOURNAL);
    fixture_close(f);
    back_to_an_unfinished_104(f);
    sql(f, "ALTER TABLE journal RENAME COLUMN batch TO something_else");
    expect_refused(f, "Cannot bring the database");
    assert_string_equal(sql(f, "PRAGMA user_version"), "104");
    assert_string_equal(sql(f, "SELECT count(*) FROM sqlite_master WHERE name = 'images'"), "0");
}

static void a_newer_schema_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, STORE_JOURNAL);
    fixture_close(f);
    sql(f, "INSERT INTO schema_migrations VALUES (900, 'from the future', 0)");
    expect_refused(f, "newer Kolabpad");
}

/* ---- others' ----------------------------------------------------------- */

static void another_programs_database_is_refused(void **state)
{
    struct fixture *f = *state;
    sql(f, "CREATE TABLE bookmarks (url TEXT)");
    expect_refused(f, "another program");
}

static void another_programs_documents_are_refused(void **state)
{
    struct fixture *f = *state;
    sql(f, "CREATE TABLE documents (path TEXT); CREATE TABLE document (id TEXT, text TEXT)");
    expect_refused(f, "another program");
}

static void a_file_that_is_not_a_database_is_refused(void **state)
{
    struct fixture *f = *state;
    char noise[8192];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 37 % 251);
    write_file(f->path, slice_of(noise, sizeof noise));
    expect_refused(f, "is not a database");
}

static void a_damaged_database_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, STORE_JOURNAL);
    expect(f, snapshot_of("pad", "text", 1), OK);
    fixture_close(f);
    struct buf bytes = read_file(f->path);
    memset(bytes.ptr + 100, 0xa5, 3900); /* the first page behind its header */
    write_file(f->path, buf_slice(&bytes));
    buf_deinit(&bytes);
    expect_refused(f, "is damaged");
}

static void a_file_cut_short_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_open(f, STORE_JOURNAL);
    for (int i = 0; i < 100; i++) {
        char id[16];
        snprintf(id, sizeof id, "pad%d", i);
        expect(f, snapshot_of(id, "text", 1), OK);
    }
    fixture_close(f);
    struct buf bytes = read_file(f->path);
    bytes.len = 2 * 4096;
    write_file(f->path, buf_slice(&bytes));
    buf_deinit(&bytes);
    expect_refused(f, "is damaged");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rustpads_documents_are_taken_over),
        TEST(kolabpad_gos_documents_are_taken_over_with_their_passwords),
        TEST(a_document_is_taken_over_once),
        TEST(no_text_of_an_ancestor_is_refused),
        TEST(broken_sequences_become_one_replacement_each),
        TEST(rustpads_ids_are_decoded),
        TEST(kolabpad_gos_ids_are_not_encoded),
        TEST(a_file_that_was_rustpads_first_has_encoded_ids),
        TEST(every_id_can_be_reached),
        TEST(renamed_ids_are_valid_and_differ),
        TEST(an_open_file_is_noticed),
        TEST(a_failed_legacy_import_leaves_the_file_as_it_was),
        TEST(migrations_are_recorded_and_run_once),
        TEST(an_unfinished_version_is_completed),
        TEST(what_cannot_be_brought_up_to_date_stays_as_it_was),
        TEST(a_newer_schema_is_refused),
        TEST(another_programs_database_is_refused),
        TEST(another_programs_documents_are_refused),
        TEST(a_file_that_is_not_a_database_is_refused),
        TEST(a_damaged_database_is_refused),
        TEST(a_file_cut_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
