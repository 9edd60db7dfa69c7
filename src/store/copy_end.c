#include "store/copy_end.h"

#include <stdio.h>

/* In `documents` the text comes last, as in the tables. Epochs get new numbers, in the order
 * of the old ones. */
const struct copy_layout copy_layouts[COPY_TABLES] = {
    [COPY_DOCUMENTS] = {"documents",
                        "id",
                        9,
                        {{"id", COPY_ID},
                         {"revision", COPY_INT},
                         {"created_at", COPY_INT},
                         {"updated_at", COPY_INT},
                         {"accessed_at", COPY_INT},
                         {"language", COPY_TEXT},
                         {"otp", COPY_TEXT},
                         {"clients", COPY_BLOB},
                         {"text", COPY_TEXT}}},
    [COPY_JOURNAL] = {"journal",
                      "document_id, first_revision",
                      5,
                      {{"document_id", COPY_ID},
                       {"first_revision", COPY_INT},
                       {"end_revision", COPY_INT},
                       {"time_ms", COPY_INT},
                       {"batch", COPY_BLOB}}},
    [COPY_EPOCHS] = {"epochs",
                     "document_id, seq",
                     3,
                     {{"document_id", COPY_ID}, {"epoch", COPY_BLOB}, {"first_revision", COPY_INT}}},
    [COPY_RIGHTS] = {"rights",
                     "document_id",
                     5,
                     {{"document_id", COPY_ID},
                      {"owner", COPY_BLOB},
                      {"owner_manages", COPY_INT},
                      {"owner_writes", COPY_INT},
                      {"keep_days", COPY_INT}}},
    [COPY_LINKS] = {"links",
                    "hash",
                    9,
                    {{"hash", COPY_BLOB},
                     {"document_id", COPY_ID},
                     {"id", COPY_ID},
                     {"role", COPY_ID},
                     {"name", COPY_TEXT},
                     {"created_ms", COPY_INT},
                     {"expires_ms", COPY_INT},
                     {"history", COPY_INT},
                     {"used_ms", COPY_INT}}},
    [COPY_DELETED] = {"deleted", "epoch", 2, {{"epoch", COPY_BLOB}, {"deleted_at", COPY_INT}}},
};

void copy_columns(const struct copy_layout *layout, char out[COPY_COLUMNS_BYTES])
{
    size_t len = 0;
    for (uint32_t i = 0; i < layout->column_count; i++)
        len +=
            (size_t)snprintf(out + len, COPY_COLUMNS_BYTES - len, i ? ", %s" : "%s", layout->columns[i].name);
}
