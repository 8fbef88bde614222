/* office_ja - the names of Japanese offices and bodies, known by how they end.
 *
 * For sentences and signatures, where no label says what is what. Text is as written. */
#pragma once
#include <glib.h>

/* Does `word` end as a body does ("松江市", "国際交流協会"), as a part of one ("国際課"), or as an
 * office
 * ("国際課長", "主事")? */
gboolean office_ja_is_body(const char *word);
gboolean office_ja_is_part(const char *word);
gboolean office_ja_is_office(const char *word);

/* "岡山県国際課長" to "国際課長" and the body "岡山県", "" where there is none. The caller owns
 * both. */
void office_ja_split(const char *text, char **ret_role, char **ret_body);
