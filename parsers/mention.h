/* mention - people who are named in a sentence: "Mme Élodie Prévost, directrice à la Ville de X".
 *
 * A name is known by a form of address before it, by a family name in capitals, by words such as
 * "représentée par", or because it is the sender's. What stands beside it (office, body, address,
 * number) goes with it. Knows nothing of who attends. Linear in the sentence. */
#pragma once
#include "parsers/reading.h"

typedef struct {
  gsize start, end;  /* bytes of the sentence: the form of address and the name */
  gsize reach;       /* the end of what was said of the person */
  int title;         /* choice of the title field; -1: none */
  char *name;        /* as written; "" where an office alone is named ("M. le Maire") */
  char *role, *body; /* as written, or "" */
  char *email, *phone;
} Mention;

/* The people named in `sentence`, in order, as Mention. The caller unrefs. */
GArray *mention_find(const Reading *reading, const char *sentence);

/* Are both names of the same words, in any order? One word of `a` may be all that it has. */
gboolean mention_same_name(const char *a, const char *b);
