/* fold - a line without case, accents, width and typography, with the way back to the bytes.
 *
 * What labels, choice words and sentences are compared in: "PRÉNOM(S) ：" and "Prénom(s) :" are the
 * same. Ideographs and kana stay as they are. Linear; allocates only to grow. */
#pragma once
#include <glib.h>

typedef struct {
  GString *text; /* folded UTF-8; NUL-terminated; NULL before the first line */
  /* private */
  const char *line; /* borrowed from fold_line */
  gsize length;
  guint32 *origins; /* for each byte of text and one behind it: its byte in the line; NULL: nobody
                       asked yet */
} Fold;

void fold_init(Fold *fold);
void fold_done(Fold *fold);
/* Fold `length` bytes of valid UTF-8 (-1: up to the NUL), replacing what `fold` held. The line must
 * stay as it is while fold_origin is asked. */
void fold_line(Fold *fold, const char *line, gssize length);
/* The same of a line of which `folded`, by fold_string, is known but for white space around it. */
void fold_again(Fold *fold, const char *line, const char *folded);
/* The byte of the line that byte `at` of the folded text came from. */
gsize fold_origin(Fold *fold, gsize at);

/* No character grows beyond this many times its bytes: "Ⱥ" has two, its small letter three. */
enum { FOLD_GROWTH = 2 };
/* `length` bytes of valid UTF-8 folded into `out`, which has room for FOLD_GROWTH times as many.
 * Returns how many bytes that is; no NUL stands behind them. */
gsize fold_write(const char *text, gsize length, char *out);
/* The folded text alone; the caller owns it. */
char *fold_string(const char *text);
/* Letters and digits of the folded text alone, for comparing whole lines. Owned by the caller. */
char *fold_key(const char *text);
/* Folded words separated by one space. Owned by the caller. */
char *fold_words(const char *text);
/* A regular expression's source for use on folded text: accented letters and typographic
 * apostrophes are replaced, what means something to PCRE2 is left alone. Owned by the caller. */
char *fold_regex(const char *regex);

/* One character of `ch` folded into at most 2 of `ret_folded`; returns how many (0: dropped). */
guint fold_char(gunichar ch, gunichar ret_folded[2]);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fold, fold_done)
