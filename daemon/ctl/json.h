/* json - what every command needs of Jansson: valid text in, one line out. */
#pragma once
#include <jansson.h>

/* A string of any bytes; what is not UTF-8 becomes U+FFFD. NULL is "". */
json_t *json_text(const char *text);
/* An array of strings from a GPtrArray of char*. */
json_t *json_texts(const void *array);
/* The object on one line, with its line end. The caller frees (g_free). */
char *json_line(const json_t *object);
/* Print json_line to standard output. Takes `object`. */
void json_print(json_t *object);
