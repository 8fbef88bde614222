/* desk_order - see desk_order.h. */
#include "daemon/desk/desk_order.h"

#include <string.h>

struct DeskOrder {
  char *field;
  GPtrArray *keys; /* char*, by row */
  GArray *rows;    /* guint32: those with a key by it, then those without */
  guint keyed;     /* how many have one */
  GArray *changed; /* guint32: not settled yet; a row may stand in it twice */
  gsize key_bytes;
};

DeskOrder *desk_order_new(const char *field) {
  DeskOrder *order = g_new0(DeskOrder, 1);
  order->field = g_strdup(field);
  order->keys = g_ptr_array_new_with_free_func(g_free);
  order->rows = g_array_new(FALSE, FALSE, sizeof(guint32));
  order->changed = g_array_new(FALSE, FALSE, sizeof(guint32));
  return order;
}

void desk_order_free(DeskOrder *order) {
  if (!order) return;
  g_free(order->field);
  g_ptr_array_unref(order->keys);
  g_array_unref(order->rows);
  g_array_unref(order->changed);
  g_free(order);
}

const char *desk_order_field(const DeskOrder *order) {
  return order->field;
}

/* --- changing --------------------------------------------------------------------------------- */

static gsize size_of(const char *key) {
  return key ? strlen(key) + 1 : 0;
}

void desk_order_take(DeskOrder *order, guint row, char *key) {
  guint32 changed = row;
  if (row == order->keys->len) {
    g_ptr_array_add(order->keys, NULL);
  } else if (!g_strcmp0(order->keys->pdata[row], key)) {
    g_free(key);
    return;
  }
  order->key_bytes += size_of(key) - size_of(order->keys->pdata[row]);
  g_free(order->keys->pdata[row]);
  order->keys->pdata[row] = key;
  g_array_append_val(order->changed, changed);
}

static gint compare_rows(const DeskOrder *order, guint32 a, guint32 b) {
  const char *left = order->keys->pdata[a], *right = order->keys->pdata[b];
  if (!left != !right) return left ? -1 : 1;
  gint by_key = left ? strcmp(left, right) : 0;
  return by_key ? by_key : a < b ? -1 : a > b;
}

static gint compare(gconstpointer a, gconstpointer b, gpointer order) {
  return compare_rows(order, *(const guint32 *)a, *(const guint32 *)b);
}

/* The changed rows, each once, sorted; their places in *ret_marks, a byte a row. */
static GArray *take_changed(DeskOrder *order, guint8 *marks) {
  GArray *changed = g_array_new(FALSE, FALSE, sizeof(guint32));
  for (guint i = 0; i < order->changed->len; i++) {
    guint32 row = g_array_index(order->changed, guint32, i);
    if (!marks[row]) g_array_append_val(changed, row);
    marks[row] = 1;
  }
  g_array_set_size(order->changed, 0);
  g_array_sort_with_data(changed, compare, order);
  return changed;
}

/* Take the marked rows out. */
static void drop_marked(DeskOrder *order, const guint8 *marks) {
  guint32 *rows = (guint32 *)(void *)order->rows->data;
  guint kept = 0;
  for (guint i = 0; i < order->rows->len; i++)
    if (!marks[rows[i]]) rows[kept++] = rows[i];
  g_array_set_size(order->rows, kept);
}

/* How many of `rows`, from `from` on, come before `row`; counted from 0. */
static guint place_of(const DeskOrder *order, guint from, guint32 row) {
  guint low = from, high = order->rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (compare_rows(order, g_array_index(order->rows, guint32, middle), row) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void count_keyed(DeskOrder *order) {
  guint low = 0, high = order->rows->len;
  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (order->keys->pdata[g_array_index(order->rows, guint32, middle)])
      low = middle + 1;
    else
      high = middle;
  }
  order->keyed = low;
}

void desk_order_settle(DeskOrder *order) {
  if (!order->changed->len) return;
  g_autofree guint8 *marks = g_malloc0(order->keys->len);
  g_autoptr(GArray) changed = take_changed(order, marks);
  drop_marked(order, marks);
  GArray *merged = g_array_sized_new(FALSE, FALSE, sizeof(guint32), order->keys->len);
  guint from = 0;
  for (guint i = 0; i < changed->len; i++) {
    guint32 row = g_array_index(changed, guint32, i);
    guint place = place_of(order, from, row);
    if (place > from)
      g_array_append_vals(merged, &g_array_index(order->rows, guint32, from), place - from);
    g_array_append_val(merged, row);
    from = place;
  }
  if (order->rows->len > from)
    g_array_append_vals(merged, &g_array_index(order->rows, guint32, from),
                        order->rows->len - from);
  g_array_unref(order->rows);
  order->rows = merged;
  count_keyed(order);
}

gboolean desk_order_is_settled(const DeskOrder *order) {
  return !order->changed->len;
}

/* --- asking ----------------------------------------------------------------------------------- */

guint desk_order_count(const DeskOrder *order) {
  return order->rows->len;
}

guint desk_order_row(const DeskOrder *order, guint place, gboolean descending) {
  guint at = descending && place < order->keyed ? order->keyed - 1 - place : place;
  return g_array_index(order->rows, guint32, at);
}

gsize desk_order_bytes(const DeskOrder *order) {
  gsize each = sizeof(guint32) + sizeof(char *) + 2 * sizeof(gsize); /* malloc's own share, too */
  return order->keys->len * each + order->key_bytes;
}
