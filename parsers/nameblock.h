/* nameblock - the sender's name, office, address and numbers as they stand in the signature.
 *
 * The weaker source: what stands there was not written for this mail. Relies on signature's marks
 * and on fields; knows towns and offices by a few words alone. */
#pragma once
#include "parsers/reading.h"

/* The roles of the fields that a block may have a value of; NULL ends them. */
extern const char *const nameblock_roles[];
/* The values of the block, rule "signature". Never NULL, may hold none. The caller owns it. */
Participant *nameblock_read(const Reading *reading);

/* Is `name` a person's ("Marie Durand"), as far as can be told, and not an office's? */
gboolean nameblock_is_person(const char *name);
/* Add last and first name out of `name`, written in line `line` (G_MAXUINT: in the header). */
gboolean nameblock_add_name(const Reading *reading, Participant *person, const char *name,
                            guint line, const char *rule);
