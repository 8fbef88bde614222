/* flow - see flow.h. */
#include "parsers/formats/flow.h"

#include <string.h>

enum { BOX_LINES_MAX = 2000 };

static void hand_line(Flow *flow, const char *text, gsize size) {
  if (flow->boxed == 0 || !flow->boxes)
    page_line(flow->page, text, size, 0);
  else if (flow->boxes->len < BOX_LINES_MAX)
    g_ptr_array_add(flow->boxes, g_strndup(text, size));
}

static void hand_lines(Flow *flow, const char *text) {
  for (const char *p = text;; p++) {
    gsize length = strcspn(p, "\n");
    hand_line(flow, p, length);
    p += length;
    if (!*p) return;
  }
}

static gboolean is_blank(const char *text) {
  return text[strspn(text, " \t\n")] == '\0';
}

FlowOuter flow_begin(Flow *flow) {
  FlowOuter outer = {flow->line, flow->boxes, flow->boxed};
  flow->line = g_string_new(NULL);
  flow->boxes = g_ptr_array_new_with_free_func(g_free);
  flow->boxed = 0;
  return outer;
}

void flow_end(Flow *flow, FlowOuter outer) {
  GString *line = flow->line;
  g_autoptr(GPtrArray) boxes = flow->boxes;
  flow->line = outer.line;
  flow->boxes = outer.boxes;
  flow->boxed = outer.boxed;
  gboolean blank = is_blank(line->str), beside = boxes->len == 1 && !blank;
  if (beside && !strchr(line->str, '\n')) {
    g_string_append_printf(line, "\t%s", (char *)boxes->pdata[0]);
    g_ptr_array_set_size(boxes, 0);
  }
  if (boxes->len == 0 || !blank) hand_lines(flow, line->str);
  for (guint i = 0; i < boxes->len; i++) hand_line(flow, boxes->pdata[i], strlen(boxes->pdata[i]));
  g_string_free(line, TRUE);
}
