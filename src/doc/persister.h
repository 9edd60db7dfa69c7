/* persister.h - when a document is written as a whole, and why.
 *
 * For each document with peers, every 10 s:
 *   idle_threshold    30 s since the last change
 *   safety_net        5 min since the last snapshot, with changes since
 * and besides:
 *   critical_write    a password change, before it is announced
 *   last_disconnect   the last peer left; where that was a writer, 30 s or so after the last change
 *   eviction          before the document leaves memory
 *   shutdown          before the server does
 *
 * A snapshot that fails while other documents can be written is asked for again at
 * the next of these occasions, the last one also once a minute while nobody is in the
 * document; an outage is waited out by the store. Without a
 * journal (STORE_LAZY) those in the document are told that it is not saved. */
#ifndef KOLABPAD_DOC_PERSISTER_H
#define KOLABPAD_DOC_PERSISTER_H

#include "doc/document.h"

enum persist_reason {
    PERSIST_IDLE,
    PERSIST_SAFETY_NET,
    PERSIST_CRITICAL,
    PERSIST_LAST_DISCONNECT,
    PERSIST_EVICTION,
    PERSIST_SHUTDOWN,
    PERSIST_REASON_COUNT
};

void persister_start(struct document *doc); /* the first peer came */
/* The last one left: writes, and lets the pad rest. After a writer, where there is a journal,
 * persister_check_resting does so. */
void persister_stop(struct document *doc, bool is_writer);

/* Looks at a document with peers; due every persist_check_ms. */
void persister_check(struct document *doc, int64_t now_ms);

/* Looks at a document without peers: evicts it when its time has come. */
void persister_check_resting(struct document *doc, int64_t now_ms);

/* Writes the document now, if it has anything to write. ERR_NO_MEMORY: nothing
 * was asked for; try again later. */
enum error persister_write(struct document *doc, enum persist_reason reason);

/* Writes the row with `password` (NULL ptr: none) in place of the present one,
 * and calls `done` in a later turn. The store does not retry it. ERR_NO_MEMORY:
 * `done` will not be called. */
enum error persister_write_password(struct document *doc, struct slice password,
                                    void (*done)(struct document *doc, enum error err));

/* The same with the present password, and what is to become of the document's history. */
enum error persister_write_history(struct document *doc, enum store_history_change change,
                                   void (*done)(struct document *doc, enum error err));

/* Tells the database that the document is in use, at most every hour, and its
 * epoch. One that fails is tried again at the next look. */
void persister_touch(struct document *doc, int64_t now_ms);

#endif
