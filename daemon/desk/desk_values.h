/* desk_values - what a person typed as field=value, checked against the event. Pure. */
#pragma once
#include "daemon/desk/desk.h"

enum { DESK_VALUE_MAX_BYTES = 4096 };

/* The value to store for `typed` in field `name`: normalised (NFC, one form a type), "" to remove
 * it. The caller frees. NULL with DESK_ERROR_INVALID: unknown field (with the nearest known one),
 * no such choice, no value of that type. */
char *desk_value_check(const Event *event, const char *name, const char *typed, GError **error);

/* Check all of `changes` (StoreField*) that are meant for participant `number` (1..) of `count`,
 * and set them. A name may be "2.phone"; it must be where there are several. FALSE: as above. */
gboolean desk_values_apply(const Event *event, const GPtrArray *changes, guint number, guint count,
                           Registration *registration, GError **error);
