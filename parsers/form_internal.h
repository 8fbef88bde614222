/* form_internal - what form's two files share: the labels that stand in a text. Private to form. */
#pragma once
#include "parsers/form.h"

/* What stands between a label and its value, the surest first. */
typedef enum {
  MARK_COLON,   /* a colon, an equals sign, an arrow, a closing bracket */
  MARK_LEADERS, /* dots or underscores to write on */
  MARK_TICK,    /* a tick box */
  MARK_END,     /* nothing: the label fills its line or cell */
  MARK_DASH,
  MARK_SPACE
} FormMark;

/* A label in its place. Offsets are bytes of the line as it is (not folded). */
typedef struct {
  const RuleLabel *label;
  guint line;
  guint start; /* of the label */
  guint value; /* where what follows the mark begins */
  guint stop;  /* where the next label, the cell or the line ends it */
  guint cell;  /* counted from 0 */
  guint cell_end;
  int number; /* "Nom 2": 2; 0: none */
  FormMark mark;
  gboolean first;               /* nothing but bullets before it in its cell */
  gboolean partial;             /* other words stand between the label and its mark */
  const RuleLabel *plain_label; /* of a partial one: the label as it would be without them, … */
  FormMark plain_mark;          /* … its mark … */
  guint plain_value;            /* … and what follows that */
  gboolean evident;             /* a number or an address follows, as the label says */
  gboolean accepted;
  guint below; /* the line where an answer below it would begin; 0: nobody asked yet */
} FormLabel;

typedef struct {
  Rules *rules;
  const Text *text;
  const Quote *quote;
  GArray *labels; /* FormLabel, in order */
  guint slips;    /* lines whose label was looked for with a slip in it */
  gboolean cut;   /* there were more */
  guint *first;   /* of each line and of the one behind the last: its first label's index */
} FormScan;

/* Find the labels of every line and say which of them are accepted. */
void form_scan(FormScan *scan);
void form_scan_done(FormScan *scan);

/* Are there `least` accepted labels on the lines about `line`, without a gap? */
gboolean form_in_block(const FormScan *scan, guint line, guint least);
/* Words of a label that make what it asks for somebody else's ("Tél. secrétariat"). Folded. */
gboolean form_is_somebody_elses(const char *folded, gsize length);

/* A line of a form whose label nobody foresaw, though its value tells what it is (form_guess). */
typedef struct {
  guint field;
  guint start, end; /* bytes of the line: the value */
} FormGuess;
gboolean form_guess(FormScan *scan, guint line, FormGuess *ret_guess);

/* Does an accepted label stand in that line? */
gboolean form_line_labelled(const FormScan *scan, guint line);
gboolean form_same_fields(const RuleLabel *a, const RuleLabel *b);
/* Are tabs, or "|" signs that part columns, in the line? *ret_border is the byte that does. */
gboolean form_is_row(const char *line, char *ret_border);
