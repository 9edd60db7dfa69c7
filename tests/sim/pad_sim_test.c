/* link: kp_doc kp_client kp_proto kp_alloc sim fake_store fake_tables seeded_random */
/* Documents, hundreds of clients, a network that stalls and cuts, a store that
 * commits late, fails and recovers, a server that dies or is restarted: in one
 * process, from one seed.
 *
 * In the end everything is delivered, and then, of each document,
 *   - all texts are the pad's,
 *   - no unique code point is there twice (but where earlier texts are brought back), and each that was
 *     acknowledged and not deleted is there (but for a server that runs without a journal and dies, and
 *     for a document that expired),
 *   - who may only read, by a link or because the owner has the pen, has seen all and changed nothing,
 *   - every comment is where its characters are, for the server and for each client that follows
 *     comments,
 *   - everyone sees everyone's name, colour and carets as they are, and knows
 *     the password,
 *   - the database has all of it when the server has stopped.
 * All along, nobody gets in without the password, none is announced that the
 * database does not have, and nothing that somebody is in is dropped or deleted.
 *
 * KP_SEED replays a run, KP_SIM_RUNS makes more of each. */
#include "observe/log.h"
#include "sim/events.h"
#include "sim/outcome.h"
#include "support/unit.h"

static unsigned count_acked(const struct sim *sim)
{
    unsigned count = 0;
    for (unsigned i = 0; i < sim->profile.documents; i++)
        count += unique_points_count_acked(&sim->documents[i].points);
    return count;
}

static void report(const struct sim *sim)
{
    const struct gateway *g = &sim->gateway;
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {
        {"told", g->counts.told_operations},
        {"resumed", g->counts.resumed},
        {"given the text", g->counts.snapshots},
        {"edits refused", g->counts.refused},
        {"of readers", g->counts.read_only},
        {"closed", g->counts.closed},
        {"appends", g->store.posted_count[STORE_APPEND]},
        {"rows written", g->store.posted_count[STORE_SNAPSHOT]},
        {"loads", g->store.posted_count[STORE_LOAD]},
        {"evictions", g->counts.evictions},
        {"outages", g->counts.outages},
        {"damaged pages", g->counts.damages},
        {"passwords", g->counts.passwords},
        {"restarts", g->counts.restarts},
        {"expired", g->counts.expired},
        {"comments", sim->comments.made},
        {"of them deleted", sim->comments.deleted},
        {"places compared with marks", sim->comments.checked},
        {"of them lost", sim->comments.lost},
        {"came back", sim->comments.came_back},
        {"with those of clients", sim->comments.compared},
        {"texts brought back", g->counts.brought_back},
    };
    print_message("%-8s %3u clients, %u points acknowledged", sim->profile.name, sim->profile.clients,
                  count_acked(sim));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i].count > 0)
            print_message(", %llu %s", (unsigned long long)counts[i].count, counts[i].name);
    }
    print_message("\n");
}

static void run(const struct profile *profile, struct random random)
{
    static struct sim sim;
    sim_open(&sim, profile, random);
    while (sim.steps < profile->steps)
        sim_step(&sim);
    sim_settle(&sim);
    sim_compare(&sim);
    report(&sim);
    assert_true(count_acked(&sim) > profile->clients);
    sim_restart_server(&sim);
    sim_check(&sim);
    sim_close(&sim);
}

enum { KIB = 1 << 10, MIB = 1 << 20 };

#define USUAL_LIMITS                                                                                         \
    .document_bytes = 64 * KIB, .history_bytes = MIB, .v1_history_bytes = MIB, .uncommitted_bytes = MIB

/* clang-format off */
static const struct profile profiles[] = {
    {"quiet", .documents = 1, .clients = 30, .steps = 8000, .v1_percent = 20, .cut = 10, USUAL_LIMITS, .outbox_max = 30},
    {"restless", .documents = 3, .clients = 40, .steps = 8000, .v1_percent = 20, .crash = 20, .cut = 200, .evict = 10, .die = 40,
     .password = 30, USUAL_LIMITS, .outbox_max = 12},
    {"tight", .documents = 1, .clients = 30, .steps = 8000, .v1_percent = 25, .crash = 10, .cut = 100, .evict = 5, .outage = 3,
     .document_bytes = 1500, .history_bytes = 300, .v1_history_bytes = 4 * KIB, .uncommitted_bytes = 2 * KIB, .outbox_max = 3},
    {"two", .documents = 1, .clients = 2, .steps = 6000, .crash = 40, .cut = 150, .evict = 20, .expire = 3, .die = 60,
     .message_bytes = 100,
     .document_bytes = 64 * KIB, .history_bytes = 200, .v1_history_bytes = MIB, .uncommitted_bytes = MIB, .outbox_max = 4},
    {"old", .documents = 1, .clients = 20, .steps = 5000, .v1_percent = 90, .crash = 5, .cut = 60, .evict = 5, .password = 20,
     .document_bytes = 4 * KIB, .history_bytes = 500, .v1_history_bytes = MIB, .uncommitted_bytes = MIB, .outbox_max = 6},
    {"lazy", .documents = 1, .clients = 20, .steps = 6000, .v1_percent = 10, .crash = 20, .cut = 150, .evict = 10, .outage = 3,
     .die = 20, USUAL_LIMITS, .outbox_max = 8, .is_lazy = true},
    {"orderly", .documents = 2, .clients = 20, .steps = 6000, .v1_percent = 10, .cut = 100, .evict = 20, .password = 60,
     .restart = 20, .die = 40, .message_bytes = 110, USUAL_LIMITS, .outbox_max = 8, .is_lazy = true},
    {"outages", .documents = 2, .clients = 20, .steps = 8000, .v1_percent = 10, .crash = 5, .cut = 60, .evict = 10, .outage = 20,
     .password = 100, .restart = 10, .die = 30, .document_bytes = 64 * KIB, .history_bytes = MIB, .v1_history_bytes = MIB,
     .uncommitted_bytes = KIB, .outbox_max = 8},
    {"many", .documents = 6, .clients = 30, .steps = 8000, .v1_percent = 10, .crash = 10, .cut = 100, .evict = 60, .outage = 3,
     .password = 100, .restart = 5, .expire = 10, USUAL_LIMITS, .outbox_max = 8},
    {"restorers", .documents = 2, .clients = 30, .steps = 8000, .v1_percent = 15, .bring_back = 200, .crash = 10, .cut = 120,
     .evict = 10, .outage = 3, .restart = 5, .expire = 3, .die = 40, USUAL_LIMITS, .outbox_max = 8},
    {"readers", .documents = 2, .clients = 30, .steps = 9000, .v1_percent = 15, .view_percent = 40, .pen = 60, .crash = 5,
     .cut = 120, .evict = 10, .outage = 3, .restart = 5, .die = 40, USUAL_LIMITS, .outbox_max = 8},
    {"crowd", .documents = 1, .clients = 300, .steps = 9000, .v1_percent = 10, .crash = 3, .cut = 150, .die = 10,
     .document_bytes = 64 * KIB, .history_bytes = 8 * KIB, .v1_history_bytes = MIB, .uncommitted_bytes = MIB, .outbox_max = 40},
};
/* clang-format on */

static void test_everyone_ends_with_the_same(void **state)
{
    (void)state;
    const char *times = getenv("KP_SIM_RUNS");
    struct random random = random_start();
    for (unsigned n = times ? (unsigned)strtoul(times, NULL, 10) : 1; n > 0; n--) {
        printf("KP_SEED=%" PRIu64 " replays what follows\n", random.state);
        fflush(stdout);
        for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
            run(&profiles[i], random);
        random.state = random_next(&random);
    }
}

/* The log goes nowhere. */
static int begin_quietly(void **state)
{
    (void)state;
    return log_open(&(struct log_config){.level = LOG_ERROR, .file = SLICE("/dev/null")});
}

static int end_quietly(void **state)
{
    (void)state;
    log_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_everyone_ends_with_the_same)};
    return cmocka_run_group_tests(tests, begin_quietly, end_quietly);
}
