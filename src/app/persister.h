/* persister.h - when a document is written as a whole, and why.
 *
 * For each document with connections, every 10 s:
 *   idle_threshold    30 s since the last change
 *   safety_net        5 min since the last snapshot, with changes since
 * and besides:
 *   critical_write    a password change, before it is announced
 *   last_disconnect   the last connection left
 *   eviction          before the document leaves memory
 *   shutdown          before the server does
 *
 * Documents without connections leave memory after MEMORY_RETENTION_HOURS; rows
 * that nobody opened for EXPIRY_DAYS are deleted (expiry.h). */
#ifndef KOLABPAD_APP_PERSISTER_H
#define KOLABPAD_APP_PERSISTER_H

#include "app/document.h"

enum persist_reason {
    PERSIST_IDLE,
    PERSIST_SAFETY_NET,
    PERSIST_CRITICAL,
    PERSIST_LAST_DISCONNECT,
    PERSIST_EVICTION,
    PERSIST_SHUTDOWN,
    PERSIST_REASON_COUNT
};

void persister_start(struct document *doc); /* the first session came */
void persister_stop(struct document *doc);  /* the last one left: writes, and lets the pad rest */

/* Looks at a live document; due every persist_check_ms. */
void persister_check(struct document *doc, int64_t now_ms);

/* Looks at a document without sessions: evicts it when its time has come. */
void persister_check_resting(struct document *doc, int64_t now_ms);

/* Writes the document now. ERR_NO_MEMORY: try again later. */
enum error persister_write(struct document *doc, enum persist_reason reason);

/* A password change: writes the row with `otp` in place of the present one and
 * answers by calling protect_written(doc, result). Not retried on failure. */
enum error persister_write_otp(struct document *doc, struct slice otp);

/* Tells the database that the document is in use, and its epoch. */
void persister_touch(struct document *doc, int64_t now_ms);

#endif
