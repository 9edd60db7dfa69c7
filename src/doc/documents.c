#include "doc/documents.h"

void documents_init(struct documents *docs, const struct document_policy *policy,
                    const struct documents_host *host, const struct document_events *events, void *owner,
                    struct limits *limits)
{
    *docs = (struct documents){
        .policy = policy, .host = host, .events = events, .owner = owner, .limits = limits};
    struct link *lists[] = {&docs->all, &docs->live, &docs->to_journal, &docs->refused, &docs->dirty,
                            &docs->hot, &docs->lost, &docs->opens,      &docs->leaving};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        list_init(lists[i]);
}
