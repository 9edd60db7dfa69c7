/* link: kp_app kp_alloc */
/* What the frames of a document say, and for how long. */
#include "app/broadcast.h"
#include "app/journal.h"
#include "support/pad_script.h"

static struct config config;
static struct shard shard;
static struct document doc;
static struct pad_limits limits;
static struct pad_peer ada, bob;

static int begin(void **state)
{
    (void)state;
    config = (struct config){.durability = STORE_LAZY};
    shard = (struct shard){.config = &config};
    doc = (struct document){.shard = &shard, .state = DOCUMENT_READY};
    struct link *links[] = {&shard.to_journal, &shard.dirty,    &shard.hot,   &doc.gated,
                            &doc.journal_link, &doc.dirty_link, &doc.hot_link};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        list_init(links[i]);
    limits = pad_limits_default(1000);
    pad_init(&doc.pad, &limits, id(1));
    join(&doc.pad, &ada, hello_v2(10), 0);
    join(&doc.pad, &bob, hello_v2(11), 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    pad_leave(&ada, 0);
    pad_leave(&bob, 0);
    broadcast_forget(&doc);
    pad_deinit(&doc.pad);
    buf_deinit(&shard.payload);
    buf_deinit(&shard.framed);
    return 0;
}

static void type(struct pad_peer *peer, const char *line)
{
    assert_int_equal(edit(peer, doc.pad.revision, line), OK);
    document_edited(&doc, 0, 1);
}

/* The journal's step of a turn; with DURABILITY=lazy it is the commit too. */
static void turn_journal(void)
{
    journal_post(&shard);
    check_pad(&doc.pad);
}

static struct slice told(enum cached_kind kind, uint64_t from)
{
    const struct frame *frame = broadcast_frame(&doc, kind, &ada, from, doc.pad.sequence);
    assert_non_null(frame);
    return slice_of(frame->bytes, frame->len);
}

static bool says(struct slice frame, const char *text)
{
    return memmem(frame.ptr, frame.len, text, strlen(text)) != NULL;
}

/* A frame made early in a turn, for a socket that has just drained, is not
 * given to those who are told the operations of a later commit first. */
static void test_carets_are_told_at_the_committed_text(void **state)
{
    (void)state;
    type(&ada, "+0123456789");
    turn_journal();
    const uint64_t before = doc.pad.sequence;
    set_caret(&bob, 5, 1000);
    assert_true(says(told(CACHED_CHANGES, before), "\"cursors\":[5]"));
    type(&ada, "+abc =10");
    turn_journal();
    assert_true(says(told(CACHED_CHANGES, before), "\"cursors\":[8]"));
}

/* Carets in text that is not committed wait for it, whatever is told meanwhile. */
static void test_carets_wait_for_their_text(void **state)
{
    (void)state;
    type(&ada, "+0123456789");
    turn_journal();
    const uint64_t before = doc.pad.sequence;
    set_caret(&bob, 5, 1000);
    type(&bob, "=10 +abc");
    set_caret(&bob, 13, 2000);
    assert_false(says(told(CACHED_CHANGES, before), "\"cursors\":[13]"));
    assert_false(says(told(CACHED_USERS, 0), "\"cursors\":[13]"));
    turn_journal();
    assert_true(says(told(CACHED_CHANGES, before), "\"cursors\":[13]"));
    assert_true(says(told(CACHED_USERS, 0), "\"cursors\":[13]"));
}

static void test_who_joins_hears_of_an_outage(void **state)
{
    (void)state;
    assert_false(says(told(CACHED_USERS, 0), "Storage"));
    pad_set_storage_failing(&doc.pad, true);
    assert_true(says(told(CACHED_USERS, 0), "{\"Storage\":{\"writable\":false}}"));
    pad_set_storage_failing(&doc.pad, false);
    assert_false(says(told(CACHED_USERS, 0), "Storage"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_PAD(test) cmocka_unit_test_setup_teardown(test, begin, end)
        IN_A_PAD(test_carets_are_told_at_the_committed_text),
        IN_A_PAD(test_carets_wait_for_their_text),
        IN_A_PAD(test_who_joins_hears_of_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
