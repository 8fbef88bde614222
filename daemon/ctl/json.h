/* json - a JSON object as a command prints it. */
#pragma once
#include "daemon/json.h"

/* Print json_line to standard output. Takes `object`. */
void json_print(json_t *object);
