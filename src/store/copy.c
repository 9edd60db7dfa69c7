#include "store/copy.h"

#include "store/copy_end.h"
#include "store/engine.h"
#include "store/sqlite/copy_end.h"

#include <inttypes.h>
#include <stdio.h>

#if KP_POSTGRES
#include "store/postgres/copy_end.h"
#endif

enum { LINE_BYTES = 160 };

/* ---- checksums ------------------------------------------------------------- */

/* Of a table: all values of all rows, in their order (FNV-1a). Against what disks and
 * programs do, not against people: who can change one database can change both. */
struct sum {
    uint64_t rows, bytes, hash;
};

static const uint64_t HASH_BEGIN = UINT64_C(0xcbf29ce484222325), HASH_FACTOR = UINT64_C(0x100000001b3);

static uint64_t hash_bytes(uint64_t hash, struct slice bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (uint8_t)bytes.ptr[i]) * HASH_FACTOR;
    return hash;
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(number >> (8 * i));
    return hash_bytes(hash, slice_of(bytes, sizeof bytes));
}

/* Lengths go in, so that no two rows of different values are the same bytes. */
static void sum_add(struct sum *sum, const struct copy_layout *layout, const struct copy_row *row)
{
    sum->rows++;
    for (uint32_t i = 0; i < layout->column_count; i++) {
        struct slice bytes = row->bytes[i];
        if (layout->columns[i].type == COPY_INT) {
            sum->hash = hash_number(sum->hash, (uint64_t)row->numbers[i]);
            continue;
        }
        sum->hash = hash_number(sum->hash, bytes.ptr ? bytes.len : UINT64_MAX);
        sum->hash = hash_bytes(sum->hash, bytes);
        sum->bytes += bytes.len;
    }
}

static bool sum_is_same(const struct sum *a, const struct sum *b)
{
    return a->rows == b->rows && a->bytes == b->bytes && a->hash == b->hash;
}

/* ---- one copy -------------------------------------------------------------- */

/* `failed` is the end that the latest error came from: a read calls the other end's write. */
struct copy {
    struct copy_end *source, *target;
    const struct copy_end *failed;
    struct sum sums[COPY_TABLES];
    int64_t calendar_ms;
};

struct visit {
    struct copy *copy;
    enum copy_table table;
    struct sum sum;
};

static enum error write_row(void *arg, const struct copy_row *row)
{
    struct visit *v = arg;
    struct copy_end *target = v->copy->target;
    sum_add(&v->sum, &copy_layouts[v->table], row);
    enum error err = target->ops->write(target, v->table, row);
    if (err)
        v->copy->failed = target;
    return err;
}

static enum error sum_row(void *arg, const struct copy_row *row)
{
    struct visit *v = arg;
    sum_add(&v->sum, &copy_layouts[v->table], row);
    return OK;
}

static enum error read_all(struct copy_end *end, struct visit *v, copy_visit *visit)
{
    v->copy->failed = end;
    v->sum = (struct sum){.hash = HASH_BEGIN};
    return end->ops->read(end, v->table, visit, v);
}

static enum error copy_rows(struct copy *copy)
{
    enum error err = OK;
    for (int i = 0; !err && i < COPY_TABLES; i++) {
        struct visit v = {.copy = copy, .table = (enum copy_table)i};
        err = read_all(copy->source, &v, write_row);
        copy->sums[i] = v.sum;
    }
    return err;
}

static enum error copy_calendar(struct copy *copy)
{
    copy->failed = copy->source;
    enum error err = copy->source->ops->calendar(copy->source, &copy->calendar_ms);
    if (err)
        return err;
    copy->failed = copy->target;
    return copy->target->ops->set_calendar(copy->target, copy->calendar_ms);
}

static enum error fail(const struct copy *copy, enum error err, char *message)
{
    message_error(message, "Cannot %s the database to copy %s: %s. Nothing was copied.",
                  copy->failed == copy->target ? "write" : "read",
                  copy->failed == copy->target ? "to" : "from", copy->failed->ops->why(copy->failed));
    return err;
}

static enum error compare(struct copy *copy, char *message)
{
    for (int i = 0; i < COPY_TABLES; i++) {
        struct visit v = {.copy = copy, .table = (enum copy_table)i};
        enum error err = read_all(copy->target, &v, sum_row);
        if (err)
            return fail(copy, err, message);
        if (!sum_is_same(&v.sum, &copy->sums[i]))
            return message_error(message,
                                 "The copy of %s, read back, is not what was read: %" PRIu64 " of %" PRIu64
                                 " rows, and another checksum. Nothing was copied.",
                                 copy_layouts[i].name, v.sum.rows, copy->sums[i].rows);
    }
    return OK;
}

static enum error commit(struct copy *copy, char *message)
{
    bool is_unknown = false;
    enum error err = copy->target->ops->commit(copy->target, &is_unknown);
    if (!err || !is_unknown)
        return err ? fail(copy, err, message) : OK;
    message_error(message,
                  "The database to copy to did not say whether it has the copy: %s. Run the same command "
                  "again: it refuses a database that is not empty, and then the copy is there, whole.",
                  copy->target->ops->why(copy->target));
    return err;
}

static enum error run(struct copy *copy, char *message)
{
    enum error err = copy_rows(copy);
    if (!err)
        err = copy_calendar(copy);
    if (err)
        return fail(copy, err, message);
    err = compare(copy, message);
    return err ? err : commit(copy, message);
}

static void tell(const struct copy *copy, void (*say)(const char *line))
{
    char line[LINE_BYTES];
    for (int i = 0; i < COPY_TABLES; i++) {
        const struct sum *s = &copy->sums[i];
        snprintf(line, sizeof line, "%s: %" PRIu64 " rows, %" PRIu64 " bytes, checksum %016" PRIx64,
                 copy_layouts[i].name, s->rows, s->bytes, s->hash);
        say(line);
    }
    snprintf(line, sizeof line, "calendar: %" PRId64, copy->calendar_ms / 1000);
    say(line);
}

/* ---- both ends ------------------------------------------------------------- */

static const struct copy_end_ops *ops_of(struct slice uri)
{
    if (!uri_is_postgres(uri))
        return &SQLITE_COPY_END;
#if KP_POSTGRES
    return &POSTGRES_COPY_END;
#else
    return NULL;
#endif
}

static enum error open_end(struct slice uri, const struct copy_end *source, struct copy_end **out,
                           char *message)
{
    const struct copy_end_ops *ops = ops_of(uri);
    if (!ops)
        return message_error(message, "This program was built without PostgreSQL (KP_POSTGRES=OFF).");
    return ops->open(uri, source, out, message);
}

enum error store_copy(struct slice from, struct slice to, void (*say)(const char *line),
                      char message[MESSAGE_BYTES])
{
    struct copy copy = {0};
    enum error err = open_end(from, NULL, &copy.source, message);
    if (!err)
        err = open_end(to, copy.source, &copy.target, message);
    if (!err)
        err = run(&copy, message);
    if (copy.target)
        copy.target->ops->close(copy.target);
    if (copy.source)
        copy.source->ops->close(copy.source);
    if (!err)
        tell(&copy, say);
    return err;
}
