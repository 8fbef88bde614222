/* review_original - what came with a message, made harmless in a sandboxed worker: its text for a
 * frame of its own, pictures of its pages, its parts as downloads. Nothing of it is read here. */
#include <string.h>

#include "daemon/desk/review_view.h"
#include "daemon/log.h"

/* The raw mail; NULL: the answer is given. */
static GBytes *take_raw(PageCall *call) {
  GBytes *raw = message_raw(call->txn, call->numbers[0], NULL);
  if (!raw) page_not_found(call);
  return raw;
}

void page_frame(PageCall *call, const char *html) {
  GString *page = g_string_new(NULL);
  g_string_append_printf(
      page,
      "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"><title>%" G_GUINT64_FORMAT
      "</title>\n<link rel=\"stylesheet\" href=\"%s/static/style.css\"></head>\n"
      "<body class=\"frame\">\n",
      call->numbers[0], call->review->base);
  g_string_append(page, html);
  g_string_append(page, "\n</body>\n</html>\n");
  call->response->csp = HTTP_CSP_FRAME;
  http_response_text(call->response, "text/html; charset=utf-8", g_string_free(page, FALSE));
}

void page_frame_failed(PageCall *call, const GError *error) {
  call->txn = store_begin(call->review->store, FALSE, NULL);
  if (g_error_matches(error, DESK_ERROR, DESK_ERROR_NOT_FOUND)) {
    page_not_found(call);
    return;
  }
  log_notice("page: %s: %s", call->path, error->message);
  page_error(call, 503, "no_original_unreadable", "/queue");
}

void review_original_show(PageCall *call) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) raw = take_raw(call);
  if (!raw) return;
  page_end_txn(call);
  Originals *originals = call->review->originals;
  const DeskOriginal *original = originals_take(originals, call->numbers[0], raw, &error);
  if (!original) {
    page_frame_failed(call, error);
    return;
  }
  page_frame(call, original->html);
  originals_release(originals, original);
}

/* --- pictures --------------------------------------------------------------------------------- */

/* The values that stood on that page. */
static GPtrArray *values_on(PageCall *call, guint part, guint page, Extraction **ret_extraction) {
  GPtrArray *values = g_ptr_array_new();
  g_autoptr(Message) message = message_get(call->txn, call->numbers[0], NULL);
  *ret_extraction =
      message && message->extraction ? wire_extraction_read(message->extraction, NULL) : NULL;
  const GPtrArray *people = *ret_extraction ? (*ret_extraction)->participants : NULL;
  for (guint i = 0; people && i < people->len; i++) {
    const Participant *participant = people->pdata[i];
    for (guint k = 0; k < participant->values->len; k++) {
      FieldValue *value = participant->values->pdata[k];
      if (value->part == part && value->page == page) g_ptr_array_add(values, value);
    }
  }
  return values;
}

void review_original_page(PageCall *call) {
  g_autoptr(GError) error = NULL;
  guint64 part = call->numbers[1], page = call->numbers[2];
  g_autoptr(GBytes) raw = part <= G_MAXINT && page <= G_MAXINT ? take_raw(call) : NULL;
  if (!raw) {
    if (!call->response->body) page_not_found(call);
    return;
  }
  g_autoptr(Extraction) extraction = NULL;
  g_autoptr(GPtrArray) values = values_on(call, (guint)part, (guint)page, &extraction);
  page_end_txn(call);
  GBytes *png =
      desk_reader_page(call->review->reader, raw, (guint)part, (guint)page, values, &error);
  if (!png) {
    page_frame_failed(call, error);
    return;
  }
  call->response->type = "image/png";
  call->response->body = png;
}

/* --- downloads -------------------------------------------------------------------------------- */

static const DeskPart *find_part(const DeskOriginal *original, guint index) {
  for (guint i = 0; i < original->parts->len; i++) {
    const DeskPart *part = original->parts->pdata[i];
    if (part->index == index) return part;
  }
  return NULL;
}

/* RFC 6266 4.3: the name in UTF-8, every other character escaped. */
static void set_disposition(HttpResponse *response, const char *name) {
  g_autofree char *escaped = g_uri_escape_string(*name ? name : "attachment", NULL, FALSE);
  g_autofree char *value = g_strconcat("attachment; filename*=UTF-8''", escaped, NULL);
  http_response_field(response, "Content-Disposition", value);
}

static GBytes *read_part(PageCall *call, GBytes *raw, guint index, GError **error) {
  Originals *originals = call->review->originals;
  const DeskOriginal *original = originals_take(originals, call->numbers[0], raw, error);
  if (!original) return NULL;
  const DeskPart *part = find_part(original, index);
  GBytes *bytes = desk_reader_part(call->review->reader, raw, index, error);
  if (bytes) set_disposition(call->response, part ? part->name : "");
  originals_release(originals, original);
  return bytes;
}

void review_original_part(PageCall *call) {
  g_autoptr(GError) error = NULL;
  guint64 part = call->numbers[1];
  g_autoptr(GBytes) raw = part <= G_MAXINT ? take_raw(call) : NULL;
  if (!raw) {
    if (!call->response->body) page_not_found(call);
    return;
  }
  page_end_txn(call);
  GBytes *bytes = read_part(call, raw, (guint)part, &error);
  if (!bytes) {
    page_frame_failed(call, error);
    return;
  }
  call->response->type = "application/octet-stream";
  call->response->body = bytes;
}
