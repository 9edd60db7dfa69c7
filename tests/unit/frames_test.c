/* link: kp_session kp_alloc fake_store fake_tables */
/* What the shared frames of a document say, and for how long. */
#include "doc/attach.h"
#include "doc/edit.h"
#include "doc/journal.h"
#include "doc/maintenance.h"
#include "session/frames.h"
#include "support/fake_store.h"
#include "support/pad_script.h"

static struct document_policy policy;
static struct documents documents;
static struct document *doc;
static struct pad_peer ada, bob;
static struct frame_builder builder;
static struct fake_store store;

static const struct document_events events = {.on_stale = frames_forget, .on_drop = frames_free};

static void attach(struct pad_peer *peer, struct pad_hello hello)
{
    struct pad_welcome welcome;
    *peer = (struct pad_peer){0};
    assert_int_equal(document_attach(doc, peer, &hello, &welcome), OK);
}

static int begin(void **state)
{
    (void)state;
    fake_store_init(&store, 0);
    policy = (struct document_policy){.pad_limits = pad_limits_default(5000), .durability = STORE_LAZY};
    documents_init(&documents, &policy, &fake_store_host, &events, &store, NULL);
    doc = document_new(&documents, SLICE("pad"));
    assert_non_null(doc);
    document_begin(doc);
    attach(&ada, hello_v2(10));
    attach(&bob, hello_v2(11));
    return 0;
}

static int end(void **state)
{
    (void)state;
    document_detach(doc, &ada);
    document_detach(doc, &bob);
    fake_store_answer_all(&store);
    documents_close(&documents);
    fake_store_deinit(&store);
    frame_builder_deinit(&builder);
    return 0;
}

static void type(struct pad_peer *peer, const char *line)
{
    struct op op = {0};
    assert_int_equal(op_text_parse(line, &op), OK);
    assert_int_equal(document_edit(doc, peer, doc->pad.revision, op_view(&op)), OK);
    op_deinit(&op);
}

static void put_caret(struct pad_peer *peer, uint32_t at, int64_t at_ms)
{
    store.now_ms = at_ms;
    assert_int_equal(document_set_cursors(doc, peer, &at, 1, NULL, 0), OK);
}

/* The journal's step of a turn; with DURABILITY=lazy it is the commit too. */
static void turn_journal(void)
{
    journal_post(&documents);
    check_pad(&doc->pad);
}

static struct slice told(enum frame_kind kind, uint64_t from)
{
    const struct frame *frame = frames_get(&builder, doc, kind, &ada, FORM_PLAIN, from, doc->pad.sequence);
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
    const uint64_t before = doc->pad.sequence;
    put_caret(&bob, 5, 1000);
    assert_true(says(told(FRAME_CHANGES, before), "\"cursors\":[5]"));
    type(&ada, "+abc =10");
    turn_journal();
    assert_true(says(told(FRAME_CHANGES, before), "\"cursors\":[8]"));
}

/* Carets in text that is not committed wait for it, whatever is told meanwhile. */
static void test_carets_wait_for_their_text(void **state)
{
    (void)state;
    type(&ada, "+0123456789");
    turn_journal();
    const uint64_t before = doc->pad.sequence;
    put_caret(&bob, 5, 1000);
    type(&bob, "=10 +abc");
    put_caret(&bob, 13, 2000);
    assert_false(says(told(FRAME_CHANGES, before), "\"cursors\":[13]"));
    assert_false(says(told(FRAME_USERS, 0), "\"cursors\":[13]"));
    turn_journal();
    assert_true(says(told(FRAME_CHANGES, before), "\"cursors\":[13]"));
    assert_true(says(told(FRAME_USERS, 0), "\"cursors\":[13]"));
}

static void test_who_joins_hears_of_an_outage(void **state)
{
    (void)state;
    assert_false(says(told(FRAME_USERS, 0), "Storage"));
    pad_set_storage_failing(&doc->pad, true);
    assert_true(says(told(FRAME_USERS, 0), "{\"Storage\":{\"writable\":false}}"));
    pad_set_storage_failing(&doc->pad, false);
    assert_false(says(told(FRAME_USERS, 0), "Storage"));
}

/* Readers that lack the same get the same bytes, until what is committed changes. */
static void test_frames_are_shared_until_they_are_stale(void **state)
{
    (void)state;
    type(&ada, "+abc");
    turn_journal();
    struct frame *first = frames_get(&builder, doc, FRAME_HISTORY, &ada, FORM_PLAIN, 0, 1);
    assert_ptr_equal(frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_PLAIN, 0, 1), first);
    frame_ref(first);
    type(&ada, "+x =3");
    turn_journal();
    assert_ptr_not_equal(frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_PLAIN, 0, 1), first);
    frame_unref(first);
}

/* Those who go by author are told of authors that do not, in frames of their
 * own; the frames of all others say what they always said. */
static void test_history_has_a_form_for_each_order(void **state)
{
    struct pad_hello hello = hello_v2(12);
    struct pad_peer eve;
    (void)state;
    hello.order = PAD_BY_AUTHOR;
    attach(&eve, hello);
    type(&ada, "+abc");
    turn_journal();
    const struct frame *plain = frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_PLAIN, 0, 1);
    const struct frame *marked = frames_get(&builder, doc, FRAME_HISTORY, &eve, FORM_PLAIN, 0, 1);
    assert_false(says(slice_of(plain->bytes, plain->len), "order"));
    assert_true(says(slice_of(marked->bytes, marked->len), "\"order\":\"text\""));
    assert_ptr_equal(frames_get(&builder, doc, FRAME_HISTORY, &ada, FORM_PLAIN, 0, 1), plain);
    assert_ptr_equal(frames_get(&builder, doc, FRAME_CHANGES, &eve, FORM_PLAIN, 0, doc->pad.sequence),
                     frames_get(&builder, doc, FRAME_CHANGES, &ada, FORM_PLAIN, 0, doc->pad.sequence));
    document_detach(doc, &eve);
}

/* Guests cost what other readers cost: they share every frame but one that has the password in it. */
static void test_guests_share_frames_but_not_the_password(void **state)
{
    struct pad_hello hello = hello_v2(12);
    struct pad_peer vera;
    (void)state;
    hello.is_viewer = hello.is_guest = true;
    attach(&vera, hello);
    type(&ada, "+abc");
    turn_journal();
    const uint64_t before = doc->pad.sequence;
    put_caret(&ada, 1, 1000);
    for (enum frame_kind kind = FRAME_HISTORY; kind <= FRAME_USERS; kind++) {
        const uint64_t from = kind == FRAME_CHANGES ? before : 0;
        assert_ptr_equal(frames_get(&builder, doc, kind, &vera, false, from, 1),
                         frames_get(&builder, doc, kind, &ada, false, from, 1));
    }
    assert_int_equal(pad_set_password(&doc->pad, &ada, SLICE("open-sesame")), OK);
    const uint64_t newest = doc->pad.sequence;
    const struct frame *to_guest = frames_get(&builder, doc, FRAME_CHANGES, &vera, false, before, newest);
    assert_false(says(slice_of(to_guest->bytes, to_guest->len), "open-sesame"));
    assert_false(says(slice_of(to_guest->bytes, to_guest->len), "OTP"));
    assert_true(says(slice_of(to_guest->bytes, to_guest->len), "UserCursor"));
    assert_true(says(told(FRAME_CHANGES, before), "open-sesame"));
    assert_ptr_equal(frames_get(&builder, doc, FRAME_CHANGES, &vera, false, before, newest), to_guest);
    document_detach(doc, &vera);
}

static bool is_compressed(const struct frame *frame)
{
    return (uint8_t)frame->bytes[0] == 0xc1; /* FIN, RSV1, text */
}

/* Most frames are small and the same for all. A large one has a form for readers who
 * take it compressed, and each form is made once. */
static void test_only_large_frames_have_a_compressed_form(void **state)
{
    char line[2 + 3000] = "+";
    (void)state;
    type(&ada, "+abc");
    turn_journal();
    const struct frame *small = frames_get(&builder, doc, FRAME_HISTORY, &ada, FORM_COMPRESSED, 0, 1);
    assert_false(is_compressed(small));
    assert_ptr_equal(frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_PLAIN, 0, 1), small);
    memset(line + 1, 'x', 2900);
    type(&ada, strcat(line, " =3"));
    turn_journal();
    const struct frame *packed = frames_get(&builder, doc, FRAME_HISTORY, &ada, FORM_COMPRESSED, 0, 2);
    const struct frame *plain = frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_PLAIN, 0, 2);
    assert_true(is_compressed(packed));
    assert_false(is_compressed(plain));
    assert_true(packed->len < plain->len / 4);
    assert_ptr_equal(frames_get(&builder, doc, FRAME_HISTORY, &bob, FORM_COMPRESSED, 0, 2), packed);
    assert_ptr_equal(frames_get(&builder, doc, FRAME_HISTORY, &ada, FORM_PLAIN, 0, 2), plain);
    assert_false(is_compressed(frames_get(&builder, doc, FRAME_SNAPSHOT, &ada, FORM_PLAIN, 0, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_A_PAD(test) cmocka_unit_test_setup_teardown(test, begin, end)
        IN_A_PAD(test_carets_are_told_at_the_committed_text),
        IN_A_PAD(test_carets_wait_for_their_text),
        IN_A_PAD(test_frames_are_shared_until_they_are_stale),
        IN_A_PAD(test_history_has_a_form_for_each_order),
        IN_A_PAD(test_guests_share_frames_but_not_the_password),
        IN_A_PAD(test_only_large_frames_have_a_compressed_form),
        IN_A_PAD(test_who_joins_hears_of_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
