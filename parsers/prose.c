/* prose - see prose.h. */
#include "parsers/prose.h"

ProseSaying prose_read(Reading *reading) {
  (void)reading;
  return PROSE_SILENT;
}
