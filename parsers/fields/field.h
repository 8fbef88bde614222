/* field - value types: what was written to what is kept, one file a type and one table.
 *
 * Relies on fold and rules; sees one value at a time, knows nothing of lines or mails. Every type
 * promises: the result is NFC without control characters, blank fillers ("....", "____") are no
 * value, and nothing is completed that was not written. */
#pragma once
#include "parsers/rules.h"

typedef enum {
  FIELD_BLANK,  /* nothing was filled in */
  FIELD_VALID,  /* `value` is normalised */
  FIELD_INVALID /* something was written that is none; `reason` says why */
} FieldStatus;

typedef struct {
  FieldStatus status;
  char *value;        /* owned; NULL unless FIELD_VALID */
  const char *reason; /* static; FIELD_INVALID */
  const char *doubt;  /* static; valid, but a person should look where the field is required */
} FieldResult;

/* What a value is read against. All borrowed. */
typedef struct {
  Rules *rules;
  guint field;         /* index into the event's fields */
  const char *country; /* of a national phone number or postal code: "FR", "JP" */
} FieldContext;

/* Read `raw`, which may hold several lines. */
FieldResult field_parse(const FieldContext *context, const char *raw);
void field_result_clear(FieldResult *result);

/* One a type: the table in field.c calls them. */
FieldResult field_parse_text(const FieldContext *context, const char *raw);
FieldResult field_parse_name(const FieldContext *context, const char *raw);
FieldResult field_parse_email(const FieldContext *context, const char *raw);
FieldResult field_parse_phone(const FieldContext *context, const char *raw);
FieldResult field_parse_postal_code(const FieldContext *context, const char *raw);
FieldResult field_parse_city(const FieldContext *context, const char *raw);
FieldResult field_parse_choice(const FieldContext *context, const char *raw);
FieldResult field_parse_integer(const FieldContext *context, const char *raw);
FieldResult field_parse_date(const FieldContext *context, const char *raw);

FieldResult field_blank(void);
FieldResult field_valid(char *take_value);
FieldResult field_invalid(const char *reason);

/* ---- shared by the types and by form ---- */

/* `raw` without fillers at either end, control characters and doubled spaces; lines are kept, empty
 * ones left out. "" where nothing was filled in. The caller owns it. */
char *field_clean(const char *raw);
/* The same in one line. */
char *field_clean_line(const char *raw);
/* How many different choices stand in `line`. */
guint field_choices_printed(const FieldContext *context, const char *line);
/* Of the printed choices one alone is left, unticked: its index; -1 where it is not so. What the
 * organiser printed in a line must hold two of them at least. */
int field_choice_left(const FieldContext *context, const char *raw);
/* Is nothing written here but leaders, boxes and brackets? */
gboolean field_is_blank(const char *raw);
/* Does it hold kana or ideographs? */
gboolean field_is_japanese(const char *text);

/* A name in one line to its two halves. given_first: 1, 0 or -1 where the label does not say;
 * `hint` is a display name or "". FALSE: cannot be split. *ret_doubt is set when it was a guess. */
gboolean field_split_name(const char *raw, int given_first, const char *hint, char **ret_last,
                          char **ret_first, const char **ret_doubt);

/* Cut what stands behind a Japanese name: 様, a reading in brackets. */
void field_trim_name(char *name);

/* An address in one or more lines to street, postal code and city; each "" where there is none.
 * Japanese in Japanese script is not split. */
void field_split_address(const char *raw, const char *country, char **ret_street, char **ret_code,
                         char **ret_city);

/* The first address in `text` from byte `from` on, as written, with its span; NULL: none. */
char *field_find_email(const char *text, gsize from, gsize *ret_start, gsize *ret_end);
/* The overseas department whose postal code stands in `address` ("RE"), or NULL. */
const char *field_overseas(const char *address);
/* Country of national numbers and codes in what is written in `address`: "JP", an overseas
 * department's ("RE"), else `country`, the event's. */
const char *field_country(const char *country, const char *address);
/* Is it France's code, or that of an overseas department? */
gboolean field_in_france(const char *country);
/* The first telephone number in `text`, as written; NULL: none. */
char *field_find_phone(const char *text, gsize from, gsize *ret_start, gsize *ret_end);

/* The rest of a name behind a form of address ("Mme DURAND"), or `raw` itself; *ret_choice is the
 * index of the title field's choice, -1 without one. */
const char *field_skip_title(Rules *rules, const char *raw, int *ret_choice);
