/* flow - the paragraphs of an Office document and the text boxes that are anchored in them.
 *
 * One line of a box stands beside the paragraph's words ("Nom :" and a box to fill in), more stand
 * below them. Private to the Office formats. */
#pragma once
#include "parsers/formats/page.h"

typedef struct {
  Page *page;
  GString *line;    /* of the open paragraph; NULL: none is open */
  GPtrArray *boxes; /* char*: lines of the text boxes that are anchored in it */
  guint boxed;      /* within so many text boxes of it */
} Flow;

/* What was open around a paragraph. */
typedef struct {
  GString *line;
  GPtrArray *boxes;
  guint boxed;
} FlowOuter;

/* A paragraph begins, perhaps within a text box of another; its text gathers in flow->line. */
FlowOuter flow_begin(Flow *flow);
/* It ends: its lines go to the page, or to the box that it stands in. */
void flow_end(Flow *flow, FlowOuter outer);
