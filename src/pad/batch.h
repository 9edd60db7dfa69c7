/* batch.h - reads the operations of one turn in the form that the journal has them in
 * (batch.c describes it; pad_encode_batch writes it).
 *
 *     struct batch_reader reader;
 *     err = batch_open(bytes, &reader);
 *     while (!err && !batch_is_done(&reader))
 *         err = batch_next(&reader, &operation);
 *
 * The bytes may be anything; what is read is checked, and borrowed from them. No memory
 * is allocated. Any thread. */
#ifndef KOLABPAD_PAD_BATCH_H
#define KOLABPAD_PAD_BATCH_H

#include "base/id128.h"
#include "pad/history.h"

struct batch_operation {
    struct pad_author author;
    struct op_view op;
    bool is_last_of_tab; /* the last in this batch of the tab `token` */
    struct id128 token;
};
struct batch_reader {
    struct slice tabs, operations; /* what is left of each */
    uint64_t tab_count;            /* left */
    uint64_t position;             /* operations read so far */
    bool has_tab;                  /* `tab` is read and its last operation is yet to come */
    struct {
        uint64_t user_id, last;
        struct id128 token;
    } tab;
};
/* ERR_STORAGE when the bytes are not a batch. */
enum error batch_open(struct slice bytes, struct batch_reader *out);
bool batch_is_done(const struct batch_reader *reader);
/* The next operation, checked. ERR_STORAGE. */
enum error batch_next(struct batch_reader *reader, struct batch_operation *out);

#endif
