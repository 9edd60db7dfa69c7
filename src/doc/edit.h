/* edit.h - the one door through which a document is changed by those in it,
 * whatever way they came in: with everything that a change entails (journal,
 * news, accounting). Their arguments and errors are those of pad.h. */
#ifndef KOLABPAD_DOC_EDIT_H
#define KOLABPAD_DOC_EDIT_H

#include "doc/document.h"

/* Applies an edit. ERR_SHUTTING_DOWN once the documents are being written for
 * the last time: nothing was done, and the author keeps the edit for the next
 * server. peer->edit_work is what it cost, whether it was taken or not. */
enum error document_edit(struct document *doc, struct pad_peer *peer, uint64_t revision, struct op_view op);

enum error document_set_language(struct document *doc, struct pad_peer *peer, struct slice language);
/* Tells everybody that edits of the peer's, which are committed, have brought back the text of
 * `revision`, the text at `at_ms` by the wall clock (0: nobody knows). What cannot be so is passed over:
 * a revision that nobody was told, a viewer's edits, a document that keeps no history. ERR_REPLACED,
 * ERR_NO_MEMORY. */
enum error document_tell_restored(struct document *doc, struct pad_peer *peer, uint64_t revision,
                                  int64_t at_ms);
enum error document_set_info(struct document *doc, struct pad_peer *peer, struct slice name, uint16_t hue);
enum error document_set_cursors(struct document *doc, struct pad_peer *peer, const uint32_t *carets,
                                size_t caret_count, const struct pad_range *selections,
                                size_t selection_count);

#endif
