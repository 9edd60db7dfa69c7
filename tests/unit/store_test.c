/* link: kp_store kp_alloc store_fixture store_postgres postgres */
/* What each request does, the order and the grouping of requests. */
#include "support/store_files.h"

/* ---- requests ---------------------------------------------------------- */

static void an_unknown_document_is_not_found(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = ask(f, load_of("pad"));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    assert_int_equal(r->epoch_count + r->batch_count, 0);
    store_request_free(r);

    r = ask(f, peek_of("pad"));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    store_request_free(r);
}

static void a_snapshot_is_loaded_as_it_was_written(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = snapshot_of("pad", "", 7);
    struct slice text = SLICE("one\0two \xf0\x9f\x8e\x89");
    store_request_copy(r, text, &r->text);
    store_request_copy(r, SLICE("python"), &r->language);
    store_request_copy(r, SLICE("secret"), &r->password);
    store_request_copy(r, SLICE("\x01\x00\x02"), &r->clients);
    expect(f, r, OK);

    r = ask(f, load_of("pad"));
    assert_true(r->found);
    assert_true(slice_equal(r->text, text));
    assert_int_equal(r->text_bytes, text.len);
    assert_slice(r->language, "python");
    assert_slice(r->password, "secret");
    assert_true(slice_equal(r->clients, SLICE("\x01\x00\x02")));
    assert_int_equal(r->revision, 7);
    assert_int_equal(r->created_ms, T0_MS);
    assert_int_equal(r->updated_ms, T0_MS);
    assert_int_equal(r->accessed_ms, T0_MS);
    store_request_free(r);
}

static void a_second_snapshot_replaces_all_but_the_birthday(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = snapshot_of("pad", "first", 1);
    store_request_copy(r, SLICE("c"), &r->language);
    expect(f, r, OK);
    r = snapshot_of("pad", "second", 2);
    r->now_ms = T0_MS + 5000;
    expect(f, r, OK);

    r = ask(f, load_of("pad"));
    assert_slice(r->text, "second");
    assert_slice(r->language, NULL);
    assert_slice(r->password, NULL);
    assert_slice(r->clients, NULL);
    assert_int_equal(r->created_ms, T0_MS);
    assert_int_equal(r->updated_ms, T0_MS + 5000);
    store_request_free(r);
    assert_int_equal(documents_in(f), 1);
}

static void an_adopted_buffer_is_written_without_a_copy(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    assert_int_equal(buf_append(&text, SLICE("from a buffer")), OK);
    const char *memory = text.ptr;
    struct store_request *r = snapshot_of("pad", "", 1);
    assert_int_equal(store_request_adopt(r, &text, &r->text), OK);
    assert_null(text.ptr);
    assert_ptr_equal(r->text.ptr, memory);
    expect(f, r, OK);
    r = ask(f, load_of("pad"));
    assert_slice(r->text, "from a buffer");
    store_request_free(r);
}

static void an_append_makes_the_row_and_the_journal_has_the_rest(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = append_of("pad", 0, 2, "ab");
    r->rows[0].has_epoch = true;
    r->rows[0].epoch = epoch_of('E', 0);
    expect(f, r, OK);
    r = append_of("pad", 2, 3, "c");
    r->now_ms = T0_MS + 1234;
    expect(f, r, OK);

    r = ask(f, load_of("pad"));
    assert_true(r->found);
    assert_slice(r->text, "");
    assert_int_equal(r->revision, 0);
    assert_int_equal(r->batch_count, 2);
    assert_int_equal(r->batches[0].first_revision, 0);
    assert_slice(r->batches[0].batch, "ab");
    assert_int_equal(r->batches[1].first_revision, 2);
    assert_int_equal(r->batches[1].time_ms, T0_MS + 1234);
    assert_slice(r->batches[1].batch, "c");
    assert_int_equal(r->epoch_count, 1);
    assert_true(id128_equal(r->epochs[0].id, epoch_of('E', 0).id));
    assert_int_equal(r->updated_ms, T0_MS + 1234);
    store_request_free(r);
    assert_int_equal(documents_in(f), 1);
}

static void one_append_may_hold_many_documents(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = append_of("pad0", 0, 1, "x0");
    for (int i = 1; i < 100; i++) {
        char id[16], batch[16];
        snprintf(id, sizeof id, "pad%d", i);
        snprintf(batch, sizeof batch, "x%d", i);
        assert_int_equal(store_request_add_row(r, slice_from_cstr(id), 0, 1, slice_from_cstr(batch)), OK);
        r->rows[i].touch = true;
    }
    expect(f, r, OK);
    assert_int_equal(documents_in(f), 100);
    r = ask(f, load_of("pad77"));
    assert_int_equal(r->batch_count, 1);
    assert_slice(r->batches[0].batch, "x77");
    store_request_free(r);
}

static void an_edit_keeps_a_document_fresh(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 1, "a"), OK);
    struct store_request *r = append_of("pad", 1, 2, "b");
    r->now_ms = T0_MS + 61 * 1000;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT accessed_at - created_at FROM documents WHERE id = 'pad'"), "61");
    /* Less than a minute later only the journal knows; the answers do too. */
    r = append_of("pad", 2, 3, "c");
    r->now_ms = T0_MS + 90 * 1000;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT accessed_at - created_at FROM documents WHERE id = 'pad'"), "61");
    r = ask(f, peek_of("pad"));
    assert_int_equal(r->updated_ms, T0_MS + 90 * 1000);
    assert_int_equal(r->accessed_ms, T0_MS + 90 * 1000);
    store_request_free(r);
    expect(f, delete_of("pad", T0_MS + 90 * 1000), ERR_FORBIDDEN);
    r = ask(f, expired_of(0));
    assert_int_equal(r->cutoff_ms, T0_MS + 90 * 1000);
    assert_int_equal(r->id_count, 0);
    store_request_free(r);
}

static void a_snapshot_drops_the_journal_before_keep_from(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 3, "a"), OK);
    expect(f, append_of("pad", 3, 5, "b"), OK);
    expect(f, append_of("pad", 5, 9, "c"), OK);
    expect(f, append_of("other", 0, 1, "kept"), OK);
    struct store_request *r = snapshot_of("pad", "text", 9);
    r->keep_from = 4; /* inside b */
    expect(f, r, OK);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->batch_count, 2);
    assert_int_equal(r->batches[0].first_revision, 3);
    store_request_free(r);

    r = snapshot_of("pad", "text", 9);
    r->keep_from = 9;
    expect(f, r, OK);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->batch_count, 1); /* the newest stays */
    assert_int_equal(r->batches[0].first_revision, 5);
    store_request_free(r);
    r = ask(f, load_of("other"));
    assert_int_equal(r->batch_count, 1);
    store_request_free(r);
}

static void the_newest_row_of_a_journal_is_never_trimmed(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 3, "a"), OK);
    for (uint64_t revision = 3; revision < 100;
         revision += 10) { /* a text far ahead of the journal, as with STORE_LAZY */
        struct store_request *r = snapshot_of("pad", "text", revision);
        r->keep_from = revision;
        expect(f, r, OK);
        assert_string_equal(sql(f, "SELECT count(*) || '/' || max(end_revision) FROM journal"), "1/3");
    }
    /* The next row takes its place. */
    expect(f, append_of("pad", 3, 94, "b"), OK);
    struct store_request *r = snapshot_of("pad", "text", 94);
    r->keep_from = 94;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT count(*) || '/' || max(end_revision) FROM journal"), "1/94");
    /* Deleting the document takes it along. */
    expect(f, delete_of("pad", T0_MS + 1000), OK);
    assert_string_equal(sql(f, "SELECT count(*) FROM journal"), "0");
}

static void a_peek_has_no_text(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = snapshot_of("pad", "twelve bytes", 4);
    store_request_copy(r, SLICE("c"), &r->language);
    store_request_copy(r, SLICE("pw"), &r->password);
    expect(f, r, OK);
    r = ask(f, peek_of("pad"));
    assert_true(r->found);
    assert_int_equal(r->text_bytes, 12);
    assert_null(r->text.ptr);
    assert_int_equal(r->revision, 4);
    assert_slice(r->language, "c");
    assert_slice(r->password, "pw");
    store_request_free(r);
}

static void opening_is_noted_but_makes_no_row(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = ask(f, open_of("pad", 'A', 0));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT (SELECT COUNT(*) FROM documents) + (SELECT COUNT(*) FROM epochs)"),
                        "0");

    expect(f, snapshot_of("pad", "text", 1), OK);
    r = open_of("pad", 'B', 1);
    r->now_ms = T0_MS + 9000;
    ask(f, r);
    assert_true(r->found);
    store_request_free(r);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->accessed_ms, T0_MS + 9000);
    assert_int_equal(r->updated_ms, T0_MS);
    assert_int_equal(r->epoch_count, 1);
    assert_true(id128_equal(r->epochs[0].id, epoch_of('B', 0).id));
    assert_int_equal(r->epochs[0].first_revision, 1);
    store_request_free(r);
}

static void the_last_eight_epochs_are_kept_in_order(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = snapshot_of("pad", "text", 1);
    r->has_epoch = true;
    r->epoch = epoch_of('A', 0);
    expect(f, r, OK);
    expect(f, open_of("pad", 'A', 0), OK); /* again: no second entry */
    for (char e = 'B'; e <= 'L'; e++)
        expect(f, open_of("pad", e, (uint64_t)(e - 'A') * 10), OK);
    r = ask(f, load_of("pad"));
    assert_int_equal(r->epoch_count, 8);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(r->epochs[i].id.bytes[0], 'E' + i);
        assert_int_equal(r->epochs[i].first_revision, (4 + i) * 10);
    }
    store_request_free(r);
}

static void a_load_may_record_the_epoch_that_it_begins(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 3), OK);
    expect(f, open_of("pad", 'A', 0), OK);
    expect(f, append_of("pad", 3, 5, "a"), OK);
    expect(f, append_of("pad", 5, 9, "b"), OK);

    struct store_request *r = load_with_epoch("pad", 'B');
    r->now_ms = T0_MS + 9000;
    ask(f, r);
    assert_int_equal(r->result, OK);
    assert_slice(r->text, "text");
    assert_int_equal(r->batch_count, 2);
    assert_int_equal(r->accessed_ms, T0_MS); /* as it was before */
    assert_int_equal(r->epoch_count, 1);     /* those before it */
    assert_int_equal(r->epochs[0].id.bytes[0], 'A');
    assert_int_equal(r->epoch.first_revision, 9); /* the end of the journal */
    store_request_free(r);

    /* The same epoch once more, because the first answer was lost: no second entry. */
    r = load_with_epoch("pad", 'B');
    r->now_ms = T0_MS + 12000;
    ask(f, r);
    assert_int_equal(r->epoch_count, 1);
    assert_int_equal(r->epoch.first_revision, 9);
    store_request_free(r);

    r = ask(f, load_of("pad"));
    assert_int_equal(r->epoch_count, 2);
    assert_int_equal(r->epochs[1].id.bytes[0], 'B');
    assert_int_equal(r->epochs[1].first_revision, 9);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT accessed_at - created_at FROM documents"), "12"); /* of the second */
}

static void a_text_newer_than_the_journal_is_where_an_epoch_begins(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 2, "a"), OK);
    expect(f, snapshot_of("pad", "text", 7), OK);
    struct store_request *r = load_with_epoch("pad", 'A');
    r->now_ms = T0_MS + 5000;
    ask(f, r);
    assert_int_equal(r->epoch.first_revision, 7);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT first_revision FROM epochs"), "7");
    assert_string_equal(sql(f, "SELECT accessed_at - updated_at FROM documents"), "5");
}

static void loading_with_an_epoch_makes_no_document(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = ask(f, load_with_epoch("pad", 'A'));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    store_request_free(r);
    assert_string_equal(sql(f, "SELECT (SELECT COUNT(*) FROM documents) + (SELECT COUNT(*) FROM epochs)"),
                        "0");
}

static void each_row_of_an_append_has_an_outcome(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = append_of("pad", 0, 1, "a");
    assert_int_equal(store_request_add_row(r, SLICE("other"), 0, 1, SLICE("b")), OK);
    r->rows[1].touch = true;
    r->rows[0].outcome = r->rows[1].outcome = ERR_INTERNAL;
    ask(f, r);
    assert_int_equal(r->result, OK);
    assert_int_equal(r->rows[0].outcome, OK);
    assert_int_equal(r->rows[1].outcome, OK);
    store_request_free(r);
}

static void deleting_takes_everything_of_that_document_only(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 2; i++) {
        const char *id = i ? "pad" : "other";
        expect(f, snapshot_of(id, "text", 1), OK);
        expect(f, append_of(id, 1, 2, "a"), OK);
        expect(f, open_of(id, 'A', 1), OK);
    }
    expect(f, delete_of("pad", T0_MS), ERR_FORBIDDEN); /* accessed in that very second */
    struct store_request *r = ask(f, delete_of("pad", T0_MS + 1000));
    assert_int_equal(r->result, OK);
    assert_true(r->found);
    store_request_free(r);
    r = ask(f, delete_of("pad", T0_MS + 1000));
    assert_int_equal(r->result, OK);
    assert_false(r->found);
    store_request_free(r);
    assert_int_equal(documents_in(f), 1);
    assert_string_equal(sql(f, "SELECT (SELECT max(id) FROM documents) || (SELECT COUNT(*) FROM "
                               "journal) || (SELECT COUNT(*) FROM epochs)"),
                        "other11");
}

static void expired_documents_are_listed_oldest_first(void **state)
{
    struct fixture *f = *state;
    for (int i = 4; i >= 0; i--) {
        char id[16];
        snprintf(id, sizeof id, "pad%d", i);
        struct store_request *r = snapshot_of(id, "text", 1);
        r->now_ms = T0_MS + (4 - i) * 10000;
        expect(f, r, OK);
    }
    struct store_request *r = expired_of(10000);
    r->max_ids = 2;
    ask(f, r);
    assert_int_equal(r->cutoff_ms, T0_MS + 30000);
    assert_int_equal(r->id_count, 2);
    assert_slice(r->ids[0], "pad4");
    assert_slice(r->ids[1], "pad3");
    store_request_free(r);
}

static void the_founding_documents_query_works(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("test123", "hello", 5), OK);
    assert_string_equal(sql(f, "SELECT text FROM documents WHERE id='test123';"), "hello");
}

static void text_that_is_not_utf8_is_a_read_error(void **state)
{
    struct fixture *f = *state;
    expect(f, snapshot_of("pad", "text", 1), OK);
    sql(f, "UPDATE documents SET text = CAST(x'61ff62' AS TEXT)");
    expect(f, load_of("pad"), ERR_STORAGE);
    assert_int_equal(event_count(f, STORE_EVENT_READ_FAILED), 1);
    assert_false(store_is_failing(f->store));
    /* The same where the load would also write: nothing is written then. */
    expect(f, load_with_epoch("pad", 'A'), ERR_STORAGE);
    assert_int_equal(event_count(f, STORE_EVENT_READ_FAILED), 2);
    assert_false(store_is_failing(f->store));
    assert_string_equal(sql(f, "SELECT COUNT(*) FROM epochs"), "0");
}

/* ---- order and groups -------------------------------------------------- */

static void what_gathers_during_a_commit_shares_the_next(void **state)
{
    struct fixture *f = *state;
    hold_writes(f);
    post(f, append_of("pad", 0, 1, "0"));
    wait_until_held(f);
    for (uint64_t i = 1; i <= 100; i++)
        post(f, append_of("pad", i, i + 1, "x"));
    struct store_stats stats = store_stats(f->store);
    assert_int_equal(stats.queued_requests, 101);
    usleep(5000);
    assert_true(store_stats(f->store).oldest_wait_ms >= 5);
    release_writes(f);
    for (uint64_t i = 0; i <= 100; i++) {
        struct store_request *r = next_answer(f, 10000);
        assert_non_null(r);
        assert_int_equal(r->result, OK);
        assert_int_equal(r->rows[0].first_revision, i); /* answered in order */
        store_request_free(r);
    }
    assert_int_equal(f->group_count, 2);
    assert_int_equal(f->group_sizes[0], 1);
    assert_int_equal(f->group_sizes[1], 100);
    assert_int_equal(store_stats(f->store).queued_requests, 0);
}

static void a_read_sees_the_writes_before_it_and_not_those_after(void **state)
{
    struct fixture *f = *state;
    hold_writes(f);
    post(f, snapshot_of("pad", "v0", 0));
    wait_until_held(f);
    for (uint64_t i = 1; i <= 20; i++) {
        char text[16];
        snprintf(text, sizeof text, "v%d", (int)i);
        post(f, snapshot_of("pad", text, i));
        post(f, load_of("pad"));
        post(f, peek_of("pad"));
    }
    release_writes(f);
    store_request_free(next_answer(f, 10000));
    for (uint64_t i = 1; i <= 20; i++) {
        char text[16];
        snprintf(text, sizeof text, "v%d", (int)i);
        store_request_free(next_answer(f, 10000));
        struct store_request *r = next_answer(f, 10000);
        assert_slice(r->text, text);
        assert_int_equal(r->revision, i);
        store_request_free(r);
        r = next_answer(f, 10000);
        assert_int_equal(r->revision, i);
        store_request_free(r);
    }
    assert_int_equal(f->group_count, 2);
}

static void nobody_need_wait_for_an_answer(void **state)
{
    struct fixture *f = *state;
    struct store_request *r = snapshot_of("pad", "nobody's", 1);
    store_post(f->store, r);
    r = ask(f, load_of("pad"));
    assert_slice(r->text, "nobody's");
    store_request_free(r);
}

static void closing_writes_what_is_queued(void **state)
{
    struct fixture *f = *state;
    hold_writes(f);
    post(f, append_of("pad", 0, 1, "0"));
    wait_until_held(f);
    for (uint64_t i = 1; i < 1500; i++)
        post(f, append_of("pad", i, i + 1, "x"));
    release_writes(f);
    fixture_close(f);
    for (int i = 0; i < 1500; i++) {
        struct store_request *r = next_answer(f, 0);
        assert_non_null(r);
        assert_int_equal(r->result, OK);
        store_request_free(r);
    }
    assert_string_equal(sql(f, "SELECT COUNT(*) FROM journal"), "1500");
}

static void closing_puts_the_log_back_into_the_file(void **state)
{
    struct fixture *f = *state;
    char wal[128];
    expect(f, append_of("pad", 0, 1, "0"), OK);
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_int_equal(access(wal, F_OK), 0);
    fixture_close(f);
    assert_int_equal(access(wal, F_OK), -1);
}

struct poster {
    struct fixture *f;
    struct store_mailbox box;
    int number;
};

/* Each thread has documents and a mailbox of its own. */
static void *post_many(void *arg)
{
    struct poster *p = arg;
    char id[16];
    snprintf(id, sizeof id, "pad%d", p->number);
    store_mailbox_init(&p->box, NULL, NULL);
    for (uint64_t i = 0, answered = 0; answered < 300;) {
        if (i < 300) {
            struct store_request *r = append_of(id, i, i + 1, "x");
            r->reply_to = &p->box;
            store_post(p->f->store, r);
            i++;
        }
        struct link out;
        list_init(&out);
        store_take(p->f->store, &p->box, &out);
        LIST_EACH (pos, following, &out) {
            struct store_request *r = LIST_ITEM(pos, struct store_request, link);
            assert_int_equal(r->rows[0].first_revision, answered);
            answered++;
            list_remove(pos);
            store_request_free(r);
        }
        (void)store_stats(p->f->store);
    }
    return NULL;
}

static void many_threads_may_post(void **state)
{
    struct fixture *f = *state;
    struct poster posters[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        posters[i] = (struct poster){.f = f, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &posters[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_string_equal(sql(f, "SELECT COUNT(*) FROM journal"), "1200");
}

/* ---- files ------------------------------------------------------------- */

static void a_row_that_does_not_touch_leaves_the_documents_times(void **state)
{
    struct fixture *f = *state;
    expect(f, append_of("pad", 0, 1, "a"), OK);
    sql(f, "UPDATE documents SET accessed_at = 5, updated_at = 5");
    struct store_request *r = append_of("pad", 1, 2, "b");
    r->rows[0].touch = false;
    expect(f, r, OK);
    assert_string_equal(sql(f, "SELECT accessed_at FROM documents"), "5");
    expect(f, append_of("pad", 2, 3, "c"), OK);
    assert_string_equal(sql(f, "SELECT accessed_at > 5 AND updated_at > 5 FROM documents"), "1");
    r = ask(f, load_of("pad"));
    assert_int_equal(r->batch_count, 3);
    store_request_free(r);
}

/* Of every engine. */
#define BOTH                                                                                                 \
    TEST(an_unknown_document_is_not_found), TEST(a_snapshot_is_loaded_as_it_was_written),                    \
        TEST(a_second_snapshot_replaces_all_but_the_birthday),                                               \
        TEST(an_adopted_buffer_is_written_without_a_copy),                                                   \
        TEST(an_append_makes_the_row_and_the_journal_has_the_rest),                                          \
        TEST(one_append_may_hold_many_documents), TEST(a_snapshot_drops_the_journal_before_keep_from),       \
        TEST(the_newest_row_of_a_journal_is_never_trimmed), TEST(a_peek_has_no_text),                        \
        TEST(opening_is_noted_but_makes_no_row), TEST(the_last_eight_epochs_are_kept_in_order),              \
        TEST(a_load_may_record_the_epoch_that_it_begins),                                                    \
        TEST(a_text_newer_than_the_journal_is_where_an_epoch_begins),                                        \
        TEST(loading_with_an_epoch_makes_no_document), TEST(each_row_of_an_append_has_an_outcome),           \
        TEST(deleting_takes_everything_of_that_document_only),                                               \
        TEST(expired_documents_are_listed_oldest_first), TEST(the_founding_documents_query_works),           \
        TEST(what_gathers_during_a_commit_shares_the_next),                                                  \
        TEST(a_read_sees_the_writes_before_it_and_not_those_after), TEST(nobody_need_wait_for_an_answer),    \
        TEST(closing_writes_what_is_queued), TEST(many_threads_may_post)

static const struct CMUnitTest sqlite_tests[] = {
    BOTH,
    TEST(a_row_that_does_not_touch_leaves_the_documents_times),
    TEST(an_edit_keeps_a_document_fresh),
    TEST(text_that_is_not_utf8_is_a_read_error),
    TEST(closing_puts_the_log_back_into_the_file),
};
static const struct CMUnitTest postgres_tests[] = {BOTH};

int main(void)
{
    int failed = cmocka_run_group_tests_name("on SQLite", sqlite_tests, NULL, NULL);
    return failed + store_run_on_postgres("store_test", postgres_tests, NULL);
}
