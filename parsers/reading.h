/* reading - one message on its way through extract: what each step found. Private to extract,
 * people, prose and name block. All borrowed but `result`'s content. */
#pragma once
#include "parsers/classify.h"
#include "parsers/extraction.h"
#include "parsers/form.h"
#include "parsers/mime.h"
#include "parsers/quote.h"
#include "parsers/rules.h"
#include "parsers/text.h"

typedef struct {
  Rules *rules;
  const Wire__Event *event;
  const Wire__Limits *limits;
  const MimeMail *mail;
  const Text *text;
  const Quote *quote;
  const Form *form;
  gboolean
      quoted_only;    /* set by people: the values stand in a quote that may not be the sender's */
  Extraction *result; /* from, from_name, review_reasons, participants are filled in */
} Reading;

/* Append a review reason, once. */
void reading_doubt(Reading *reading, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The index of the field with that role, -1: none. */
int reading_role(const Reading *reading, const char *role);
/* Country of national numbers and codes in what is written in `address`: "JP", an overseas
 * department's ("RE"), else the event's. */
const char *reading_country(const Reading *reading, const char *address);
