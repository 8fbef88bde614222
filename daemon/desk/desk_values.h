/* desk_values - what a person typed as field=value, checked against the event. Pure: what the words
 * mean, the parsers have said (desk_typed). */
#pragma once
#include "daemon/desk/desk_typed.h"

enum { DESK_VALUE_MAX_BYTES = 4096 };

/* The participant (1..) that a change's name is meant for: 2 of "2.phone", 1 of "phone", 0 of one
 * that is no participant's number. *ret_field: the name behind it; borrowed. */
guint desk_values_place(const char *name, const char **ret_field);

/* The words that the parsers are to read for `typed` in field `name`; NULL: it is taken as it is,
 * or refused by desk_value_check in any case. The caller frees. */
char *desk_value_asked(const Event *event, const char *name, const char *typed);

/* The value to store for `typed` in field `name`: as the parsers read it (`read`), where they read
 * that type, else NFC without white space at its ends; "" to remove it. The caller frees. NULL with
 * DESK_ERROR_INVALID: unknown field (with the nearest known one), no such choice, no value of that
 * type. */
char *desk_value_check(const Event *event, const char *name, const char *typed,
                       const DeskTyped *read, GError **error);

/* Check those of action->changes, by action->typed, that are meant for participant `number` (1..)
 * of `count`, and set them. A name may be "2.phone"; it must be where there are several. FALSE: as
 * above. */
gboolean desk_values_apply(const Event *event, const DeskAction *action, guint number, guint count,
                           Registration *registration, GError **error);
