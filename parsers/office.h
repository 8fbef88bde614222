/* office - words for offices and for the bodies that people come from.
 *
 * Knows "Adjointe au maire" from "Ville de Nantes" by the words that such names are made of, in
 * French and English. For sentences and signatures, where no label says what is what. */
#pragma once
#include <glib.h>

/* Does the first word of `text` name an office ("Directrice …", "Head of …")? */
gboolean office_begins(const char *text);
/* Does any word of it? */
gboolean office_in(const char *text);

/* Is one of the words that of a body, a service or an office's mailbox ("Cabinet du maire")? */
gboolean office_is_body(const char *text);

/* Is it a service of some body, and no body by itself ("Le cabinet", "Direction des achats")? */
gboolean office_is_service(const char *text);

/* The first named body in `text` ("Ville de Nantes", "Kyoto City"): its span; FALSE: none. A body
 * without a name of its own ("notre commune") is none. */
gboolean office_find_body(const char *text, gsize *ret_start, gsize *ret_end);

/* "Directrice des relations internationales de la Ville de Nantes" to the office and the body, each
 * as written, "" where there is none. The caller owns both. */
void office_split(const char *text, char **ret_role, char **ret_body);
