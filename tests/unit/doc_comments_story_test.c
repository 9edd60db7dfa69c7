/* link: kp_doc kp_alloc doc_fixture fake_store fake_tables */
/* Where comments are, whatever happens: random stories against marks in the text. */
#include "support/comment_changes.h"

/* ---- whatever happens ---- */

enum { ROUNDS = 150, STEPS = 60, PIECES = 4, REVISIONS = 200 };

/* The text at each revision, as one person has typed it, and where each piece is in it. */
struct story {
    struct random random;
    uint32_t len[REVISIONS];
    struct piece {
        struct changer *changer; /* NULL: not made yet */
        uint64_t since;
        struct {
            uint32_t from, to; /* to 0: it is lost */
        } at[REVISIONS];
        struct marked_text marks; /* at the newest revision */
    } pieces[PIECES];
};

static struct story story;

static void type_anything(void)
{
    struct op op = {0};
    const uint64_t revision = doc->pad.revision;
    if (revision + 1 >= REVISIONS)
        return;
    random_edit(&story.random, rope_size(&doc->pad.text).points,
                random_below(&story.random, rope_size(&doc->pad.text).points + 1), &op);
    if (document_edit(doc, &fixture.ada, revision, op_view(&op)) == OK) {
        story.len[revision + 1] = op.target_points;
        for (int i = 0; i < PIECES; i++) {
            struct piece *p = &story.pieces[i];
            if (!p->changer)
                continue;
            marked_text_apply(&p->marks, op_view(&op));
            p->at[revision + 1].from = marked_text_from(&p->marks);
            p->at[revision + 1].to = marked_text_to(&p->marks);
        }
    }
    op_deinit(&op);
}

/* The marks at a revision that is not the newest are those of the place then: what is inside is all that
 * counts. */
static void rewind_marks(struct piece *p, uint64_t revision)
{
    const bool is_lost = p->at[revision].to == 0;
    marked_text_init(&p->marks, story.len[revision], is_lost ? 0 : p->at[revision].from,
                     is_lost ? 0 : p->at[revision].to);
}

static void comment_on_anything(void)
{
    const uint64_t revision = doc->pad.committed;
    const int i = (int)random_below(&story.random, PIECES);
    struct piece *p = &story.pieces[i];
    if (p->changer || doc->pad.committed != doc->pad.revision || story.len[revision] == 0)
        return;
    const uint32_t from = random_below(&story.random, story.len[revision]);
    const uint32_t to = from + 1 + random_below(&story.random, story.len[revision] - from);
    p->changer = post(i, make(revision, from, to));
    p->since = revision;
    p->at[revision].from = from;
    p->at[revision].to = to;
    rewind_marks(p, revision);
}

static void check_piece(struct piece *p)
{
    const struct kept_thread *thread = doc->pad.comments && p->changer ? thread_of(p->changer) : NULL;
    const uint64_t revision = doc->pad.committed;
    if (!p->changer || p->changer->answers == 0)
        return;
    if (p->changer->err == ERR_TEXT_GONE) { /* while it waited for another one */
        assert_int_equal(p->at[doc->pad.revision].to, 0);
        p->changer = NULL;
        return;
    }
    assert_changed(p->changer, OK);
    assert_non_null(thread);
    if (p->at[revision].to == 0)
        assert_true(anchor_is_detached(&thread->anchor));
    else
        assert_place(p->changer, p->at[revision].from, p->at[revision].to);
}

static void check_story(void)
{
    check_pad(&doc->pad);
    for (int i = 0; i < PIECES; i++)
        check_piece(&story.pieces[i]);
}

/* What nobody was told may be there or not; all that was answered must. */
static void crash(void)
{
    fixture_crash();
    doc = open_document("pad");
    for (int i = 0; i < PIECES; i++) {
        struct piece *p = &story.pieces[i];
        if (p->changer && p->changer->answers > 0 && p->changer->err)
            p->changer = NULL; /* the crash's own answer */
        else if (p->changer)
            rewind_marks(p, doc->pad.revision);
    }
    attach(doc, &fixture.ada, 10);
}

static void step(void)
{
    switch (random_below(&story.random, 12)) {
    case 0:
    case 1:
    case 2:
        type_anything();
        break;
    case 3:
        comment_on_anything();
        break;
    case 4:
        turn();
        break;
    case 5:
    case 6:
        fake_store_carry_out(&fixture.store, 1 + random_below(&story.random, 2));
        break;
    case 7:
        fake_store_deliver(&fixture.store);
        break;
    case 8:
        (void)persister_write(doc, PERSIST_IDLE);
        break;
    case 9:
        answer_all();
        break;
    case 10:
        later(20 * SECOND_MS);
        break;
    default:
        if (random_one_in(&story.random, 4))
            crash();
    }
    check_story();
}

static void test_places_are_right_whatever_happens(void **state)
{
    struct random random = random_start();
    for (unsigned round = random_rounds(ROUNDS); round > 0; round--) {
        memset(&story, 0, sizeof story);
        story.random = random;
        story.len[1] = 19;
        for (unsigned i = 0; i < STEPS; i++)
            step();
        answer_all();
        check_story();
        random = story.random;
        fixture_end(state);
        begin(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        COMMENT_TEST(test_places_are_right_whatever_happens),
    };
    return RUN_DOC_TESTS(tests);
}
