/* link: kp_client faulty_alloc */
/* Memory that runs out at every single allocation of a client's life. It must go on, or be
 * broken and say nothing more; what it says must be what it always says; and nothing leaks.
 * (jansson allocates by itself, and is not made to fail here.) */
#include "support/alloc_faulty.h"
#include "support/client_script.h"

/* What it says, in order, as far as it says anything. */
static struct said {
    char text[1 << 14];
    size_t len;
} wanted, got;

static void pump(struct client *c, struct said *out)
{
    struct client_output output;
    while (client_next_output(c, &output)) {
        assert_false(client_is_broken(c));
        assert_true(out->len + output.json.len < sizeof out->text);
        memcpy(out->text + out->len, output.json.ptr, output.json.len);
        out->len += output.json.len;
    }
}

static void hear_and_say(struct client *c, uint32_t connection, const char *json, struct said *out)
{
    client_receive(c, connection, slice_from_cstr(json));
    pump(c, out);
}

/* The operation is the test's own; it is no matter when there is none. */
static void try_to_type(struct client *c, const char *line)
{
    struct op op = {0};
    if (op_text_parse(line, &op) == OK && client_edit(c, op_view(&op)) != OK)
        assert_true(client_is_broken(c) || alloc_has_failed());
    op_deinit(&op);
}

static void try_to_show(struct client *c)
{
    struct op op = {0};
    bool has_change;
    if (client_take_change(c, &op, &has_change))
        assert_true(client_is_broken(c));
    op_deinit(&op);
}

static void live(struct client *c, struct said *out)
{
    const char *const joining[] = {
        "{\"Welcome\":{\"user_id\":3,\"epoch\":\"" EPOCH_A
        "\",\"revision\":0,\"resumed\":false,\"committed\":0,"
        "\"language\":\"c\",\"otp\":\"secret\",\"limits\":{\"document_bytes\":1000,\"message_bytes\":110},"
        "\"order\":\"author\",\"server\":\"1\"}}",
        "{\"Snapshot\":{\"revision\":10,\"text\":\"text\"}}",
        "{\"Users\":[{\"id\":9,\"name\":\"Bob\",\"hue\":1,\"cursors\":[1],\"selections\":[]}]}",
    };
    client_advance(c, 1000);
    const uint32_t connection = client_connection(c);
    client_connected(c, connection);
    pump(c, out);
    for (size_t i = 0; i < sizeof joining / sizeof *joining; i++)
        hear_and_say(c, connection, joining[i], out);
    try_to_show(c);
    try_to_type(c, "=2 +many\\sletters,\\smore\\sthan\\sone\\smessage\\sholds =2");
    pump(c, out);
    try_to_type(c, "+more =45");
    hear_and_say(c, connection,
                 "{\"History\":{\"start\":10,\"operations\":[{\"id\":9,\"operation\":[1,\"x\",-1,2]}]}}",
                 out);
    hear_and_say(c, connection, "{\"Rejected\":{\"revision\":11,\"code\":\"bad_text\",\"message\":\"no\"}}",
                 out);
    if (client_undo_refused(c))
        assert_true(client_is_broken(c));
    pump(c, out);
    try_to_show(c);
    struct buf record = {0};
    if (client_write(c, &record) == OK)
        assert_true(client_read(c, buf_slice(&record)) != ERR_BAD_MESSAGE);
    buf_deinit(&record);
}

/* The nth allocation fails; false: there were fewer. */
static bool live_once(size_t nth, struct said *out)
{
    const struct client_config config = {
        .token = {.bytes = {1}}, .name = SLICE("Ada"), .timing = {.edit_ms = -1, .places_ms = -1}};
    struct client *c = NULL;
    out->len = 0;
    alloc_fail_from(nth);
    if (client_new(&config, &c) == OK)
        live(c, out);
    const bool has_failed = alloc_has_failed();
    client_free(c);
    alloc_fail_from(0);
    assert_int_equal(alloc_live_blocks(), 0);
    return has_failed;
}

static void test_every_allocation_may_fail(void **state)
{
    size_t nth = 1;
    (void)state;
    assert_false(live_once(0, &wanted));
    assert_true(wanted.len > 200);
    while (live_once(nth++, &got))
        assert_memory_equal(got.text, wanted.text, got.len);
    assert_int_equal(got.len, wanted.len);
    print_message("%zu allocations\n", nth - 2);
    assert_true(nth > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
