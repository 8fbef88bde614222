/* json - see json.h. */
#include "daemon/ctl/json.h"

#include <stdio.h>

void json_print(json_t *object) {
  g_autofree char *line = json_line(object);
  json_decref(object);
  fputs(line, stdout);
}
