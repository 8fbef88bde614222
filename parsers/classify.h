/* classify - what kind of mail this is, and who may be answered; by header and by words.
 *
 * Follows RFC 3834 2 and 5, 5230 4.5 and 4.6, 3464, 8098, 5965, 2369, 2919, MS-OXCMAIL 2.1.3.2.20.
 * Sees the headers and the text; knows nothing of fields. */
#pragma once
#include "parsers/extraction.h"
#include "parsers/text.h"

typedef enum {
  MACHINE_NONE,       /* a person, as far as can be told */
  MACHINE_AUTO_REPLY, /* out of office, receipt, ticket robot */
  MACHINE_BOUNCE,
  MACHINE_BULK
} MachineKind;

typedef struct {
  MachineKind machine;
  gboolean
      certain;  /* a bulletin in it would not change the kind: bounces, receipts, out of office */
  guint flags;  /* ExtractionFlags: AUTOMATIC, LIST, SUPPRESS, NULL_SENDER, ROBOT_SENDER,
                 * TO_US, FROM_US */
  char *reason; /* one short English phrase; "" for a person */
  GPtrArray *references; /* char*: ids without <> that a bounce or a receipt speaks of */
} Classification;

/* `addresses`: what counts as us, lower case, NULL-terminated, may be empty (then TO_US is set). */
Classification *classify(const MimeMail *mail, const Text *text, char *const *addresses);
void classification_free(Classification *classification);

/* An Auto-Submitted field's value: does it say that a machine sent this? (RFC 3834 5: the keyword
 * before ';', comments and white space stripped, any case; anything but "no" is a machine.) */
gboolean classify_auto_submitted(const char *value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Classification, classification_free)
