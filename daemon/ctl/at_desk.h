/* at_desk - a command that changes the store through desk: who, configuration, store, questions on
 * the terminal. */
#pragma once
#include "daemon/ctl/ctl.h"
#include "daemon/desk/desk_typed.h"
#include "daemon/replies.h"

typedef struct {
  Config *config;
  Replies *replies;
  char *who; /* "admin:NAME" */
  Store *store;
  Desk desk;          /* borrows all of these */
  DeskReader *reader; /* starts its worker when it is asked */
} AtDesk;

/* Who called sudo, who has logged in, whose process it is. SUDO_USER counts for root alone, who
 * could be anybody anyway. The caller frees. */
char *at_desk_who(void);

/* Read the configuration and the replies, which must be right: an answer is made of them. FALSE:
 * told, *ret_code is the exit code; at_desk_done all the same. */
gboolean at_desk_load(AtDesk *at, const Options *options, int *ret_code);
/* Then become the store's owner, for good, and open it. FALSE: as above. */
gboolean at_desk_open(AtDesk *at, int *ret_code);
void at_desk_done(AtDesk *at);
/* The event by whose rules the mail is to be read again (commit_thread_event); NULL: none. The
 * caller frees. */
char *at_desk_thread_event(const AtDesk *at, const Extraction *extraction);
/* Tell an error of desk. Returns the exit code. */
int at_desk_error(const GError *error);

/* Is standard input a terminal? */
gboolean at_desk_on_terminal(void);
/* Can --yes or a terminal say yes, before any work is done? FALSE: told, *ret_code is EX_USAGE. */
gboolean at_desk_may_ask(const Options *options, const char *command, int *ret_code);
/* May it be done? --yes: TRUE; else `question` is asked on the terminal. FALSE: somebody said no,
 * and *ret_code is EX_OK. */
gboolean at_desk_confirm(const Options *options, const char *question, int *ret_code);

/* What would happen, on standard error: the answer, or why there is none, and the notes. */
void at_desk_show(const DeskPreview *preview);
