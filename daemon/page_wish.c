/* page_wish - see page_wish.h. The marks are freed as protobuf-c frees them, by free(). */
#include "daemon/page_wish.h"

enum { SIDE_PIXELS = 1754, MARKS_MAX = 500 };

Wire__PageWish *page_wish_new(guint part, guint page) {
  Wire__PageWish *wish = g_new(Wire__PageWish, 1);
  wire__page_wish__init(wish);
  wish->part = part;
  wish->page = page;
  wish->side = SIDE_PIXELS;
  wish->marks = g_new0(Wire__PageMark *, MARKS_MAX);
  return wish;
}

void page_wish_free(Wire__PageWish *wish) {
  if (wish) wire__page_wish__free_unpacked(wish, NULL);
}

gboolean page_wish_mark(Wire__PageWish *wish, const FieldValue *value) {
  if (value->part != wish->part || value->page != wish->page) return FALSE;
  if (value->width <= 0 || wish->n_marks >= MARKS_MAX) return TRUE;
  Wire__PageMark *mark = g_new(Wire__PageMark, 1);
  wire__page_mark__init(mark);
  mark->x = value->x;
  mark->y = value->y;
  mark->width = value->width;
  mark->height = value->height;
  wish->marks[wish->n_marks++] = mark;
  return TRUE;
}
