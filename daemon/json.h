/* json - what is needed of Jansson: valid text in, one line out; and records of the store. */
#pragma once
#include <jansson.h>

#include "store/registration.h"

/* A string of any bytes; what is not UTF-8 becomes U+FFFD. NULL is "". */
json_t *json_text(const char *text);
/* An array of strings from a GPtrArray of char*. */
json_t *json_texts(const void *array);
/* A member of each kind. */
void json_set(json_t *object, const char *key, const char *text);
void json_set_number(json_t *object, const char *key, guint64 number);
/* RFC 3339 with the local offset, to the second; 0, "not yet", is null. */
json_t *json_time(gint64 seconds);
/* The same as text; 0 is "". The caller frees. */
char *json_time_text(gint64 seconds);
/* The object on one line, with its line end. The caller frees (g_free). */
char *json_line(const json_t *object);

/* The contract's object of a registration; its changes, oldest first. */
json_t *json_registration(const Registration *registration);
json_t *json_history(const Registration *registration);
