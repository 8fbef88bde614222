/* rule_use - which rules of an event the examples used, and which none did.
 *
 * A rule is a label of a field, a pattern of a field, a sentence. Of sentences the reader may tell
 * no more than the set: then each of the set counts as used. */
#pragma once
#include "daemon/event.h"
#include "parsers/extraction.h"

typedef struct RuleUse RuleUse;

/* Borrows `event`. */
RuleUse *rule_use_new(const Event *event);
void rule_use_free(RuleUse *use);
/* Count what was read from one mail. */
void rule_use_add(RuleUse *use, const Extraction *extraction);

/* The rules of one place. */
typedef struct {
  const char *kind;     /* "labels", "patterns", "sentences" */
  char *field;          /* of labels and patterns; of sentences their set */
  const char *language; /* "" for none */
  guint total;
  GPtrArray *unused; /* char*: labels as printed, "pattern:3 (line 41)" */
} RuleGroup;

/* RuleGroup*, in the order of the event file. */
GPtrArray *rule_use_groups(const RuleUse *use);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleUse, rule_use_free)
