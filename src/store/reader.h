/* reader.h - one thread that reads the history of documents, and images, beside the lanes.
 *
 * What it is given waits for no other request and holds none up: the engine reads
 * with a connection of its own (engine.h, read_aside), and the request's digest runs
 * here too. It takes its requests in order, one at a time, and gives way to every other
 * thread of the process that wants the processor.
 *
 * Any thread may post. The requests are the reader's until it calls `answered`. */
#ifndef KOLABPAD_STORE_READER_H
#define KOLABPAD_STORE_READER_H

#include "store/engine.h"

struct reader;

/* `answered` is called on the reader's thread. ERR_NO_MEMORY; ERR_STORAGE: no thread. */
enum error reader_start(struct engine *engine, void (*answered)(void *arg, struct store_request *req),
                        void *arg, struct reader **out);
void reader_post(struct reader *reader, struct store_request *req);
/* Answers what waits with ERR_STORAGE, ends the thread and frees the reader. */
void reader_stop(struct reader *reader);

#endif
