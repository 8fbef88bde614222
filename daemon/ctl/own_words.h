/* own_words - what a person wants to say: from a file, standard input, or an editor. */
#pragma once
#include <glib.h>

/* The text of `file` ("-": standard input); NULL: standard input where it is no terminal, else what
 * is written in $VISUAL or $EDITOR, where lines that begin with '#' are left out. The caller frees.
 * NULL: told, *ret_code is the exit code. */
char *own_words_read(const char *file, int *ret_code);
