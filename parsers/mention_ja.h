/* mention_ja - people who are named in a Japanese sentence. Private to mention.
 *
 * "国際課長の難波 聡子が": a family and a given name with a space between and a particle behind. */
#pragma once
#include "parsers/mention.h"

/* Append the people named in `text` to `found` (Mention), in order; their strings are the
 * array's. Linear in the text. */
void mention_ja_find(const char *text, GArray *found);
