/* password.h - switching a document's password on and off.
 *
 * Only its owner, and somebody who is in the document and knows its present password, may
 * change it; a v2 tab proves that it is who it says with its token. The new
 * password is written before anybody is told: there is never one that people
 * know and the database does not. */
#ifndef KOLABPAD_DOC_PASSWORD_H
#define KOLABPAD_DOC_PASSWORD_H

#include "doc/document.h"
#include "doc/rights.h"
#include "guard/random.h"

/* The storage is the caller's, and stays put until `done`. */
struct password_change {
    /* in; the slice is not used after document_change_password has returned */
    uint64_t user_id; /* who asks */
    bool has_token;
    struct id128 token;    /* of the tab */
    struct slice password; /* the present one, as the asker knows it; NULL ptr: not given */
    struct address client;
    enum access access; /* as open.h has judged it: ACCESS_OWN needs neither be in the document nor know its
                         * password. Of those who are in it: ACCESS_EDIT */
    bool has_user;      /* … and then this may be false */
    bool is_on;         /* switch it on, with a new one; else off */
    void (*done)(struct password_change *change, enum error err);
    /* out */
    char new_password[PASSWORD_CHARS]; /* when is_on */
};

/* OK: the change is being written, and `done` is called in a later turn with
 * OK, ERR_STORAGE, ERR_NO_MEMORY, or ERR_SHUTTING_DOWN when the process ends
 * without an answer of the database. Anything else: nothing was changed, and
 * `done` is not called.
 *   ERR_FORBIDDEN      the asker is not in the document, or does not know its password
 *   ERR_OWNER_ONLY     only the owner manages it
 *   ERR_NOT_PROTECTED  it has no password that could be switched off
 *   ERR_RATE_LIMITED   too many changes or wrong passwords from that address
 *   ERR_OVERLOADED     another change is being written
 *   ERR_SHUTTING_DOWN, ERR_NO_MEMORY */
enum error document_change_password(struct documents *docs, struct slice id, struct password_change *change);

/* Internal to src/doc: answers the change under way, if there is one, with
 * ERR_SHUTTING_DOWN. Nobody knows whether it is written. */
void document_give_up_password(struct document *doc);

#endif
