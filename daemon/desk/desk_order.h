/* desk_order - the rows of a list in the order of one value, kept up to date. Pure.
 *
 * Each row's key is kept, so that a change costs what has changed and a look at the list: changed
 * rows are gathered, and put to their places together (desk_order_settle). Costs a row its key and
 * about 30 bytes. Of rows with equal keys the smaller number comes first; rows without a key come
 * last in both directions. */
#pragma once
#include <glib.h>

typedef struct DeskOrder DeskOrder;

/* Of a field; copied. */
DeskOrder *desk_order_new(const char *field);
void desk_order_free(DeskOrder *order);
const char *desk_order_field(const DeskOrder *order);

/* The key of row `row` (0.., at most one above those that are there) is `key` now: text whose
 * strcmp order is wanted, NULL for none. Takes `key`. */
void desk_order_take(DeskOrder *order, guint row, char *key);
/* Put what was taken to its place. */
void desk_order_settle(DeskOrder *order);
gboolean desk_order_is_settled(const DeskOrder *order);

/* How many rows have been settled; the row at a place (0..) of them. Descending is the ascending
 * order turned round, but for rows without a key. */
guint desk_order_count(const DeskOrder *order);
guint desk_order_row(const DeskOrder *order, guint place, gboolean descending);
/* Bytes that it holds, about. */
gsize desk_order_bytes(const DeskOrder *order);
