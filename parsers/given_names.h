/* given_names - the given names that most people in France, Britain and Japan bear.
 *
 * Tells "Whitney Sandoval" from "Sandoval Whitney" where neither capitals nor a label do. */
#pragma once
#include <glib.h>

typedef enum { GIVEN_NAME_UNKNOWN, GIVEN_NAME_EITHER, GIVEN_NAME_SURE } GivenName;

/* What the first word of `name` is: a given name for sure, or one that is a family name as often
 * ("Martin"). */
GivenName given_name_of(const char *name);
