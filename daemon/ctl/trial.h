/* trial - one example that was read: what it gave, and how that is shown. */
#pragma once
#include <jansson.h>

#include "daemon/ctl/example.h"
#include "daemon/ctl/rule_use.h"

typedef struct {
  const Event *event;
  const EventExample *example;
  Extraction *extraction; /* with its lines; NULL: not read yet */
  Verdict *verdict;
  GPtrArray *faults; /* ExampleFault* */
} Trial;

void trial_free(Trial *trial);

/* "ok" or "FAULT", each fault with what was expected, each value with the rule that took it and the
 * line and column where it stands. */
void trial_print(const Trial *trial);
json_t *trial_json(const Trial *trial);

/* The last line of an event: how many examples and faults, how many rules were used; with `unused`
 * those that were not. */
void trial_print_use(const Event *event, guint failed, const RuleUse *use, gboolean unused);
json_t *trial_use_json(const Event *event, guint failed, const RuleUse *use, gboolean unused);
