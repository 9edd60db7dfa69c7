/* tools.h - what the tools do; the table is in tools.c (see task.h). */
#ifndef KOLABPAD_CLI_TOOLS_H
#define KOLABPAD_CLI_TOOLS_H

#include "cli/task.h"

void open_pad_begin(struct task *t);
void read_pad_begin(struct task *t);
void list_people_begin(struct task *t);
void wait_for_changes_begin(struct task *t);
void wait_for_changes_look(struct task *t);

void edit_pad_begin(struct task *t);
void insert_text_begin(struct task *t);
void append_text_begin(struct task *t);
void create_pad_begin(struct task *t);
void written_look(struct task *t);

void read_history_begin(struct task *t);
void share_pad_begin(struct task *t);

#endif
