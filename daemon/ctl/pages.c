/* pages - see pages.h. */
#include "daemon/ctl/pages.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sysexits.h>

#include "daemon/page_wish.h"

enum { PAGES_MAX = 200 };

typedef struct {
  Wire__PageWish *wish; /* until its job takes it */
  guint part, page;
  Extraction *shown;
} Shown;

static Shown *shown_new(guint part, guint page) {
  Shown *shown = g_new0(Shown, 1);
  shown->wish = page_wish_new(part, page);
  shown->part = part;
  shown->page = page;
  return shown;
}

static void shown_free(Shown *shown) {
  page_wish_free(shown->wish);
  extraction_free(shown->shown);
  g_free(shown);
}

static void add_mark(GPtrArray *all, const FieldValue *value) {
  if (value->width <= 0 || value->page == 0) return;
  for (guint i = 0; i < all->len; i++)
    if (page_wish_mark(((Shown *)all->pdata[i])->wish, value)) return;
  if (all->len >= PAGES_MAX) return;
  Shown *shown = shown_new(value->part, value->page);
  page_wish_mark(shown->wish, value);
  g_ptr_array_add(all, shown);
}

/* The pages that have marks. GPtrArray of Shown. */
static GPtrArray *collect(const Extraction *extraction) {
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)shown_free);
  for (guint i = 0; i < extraction->participants->len; i++) {
    const Participant *participant = extraction->participants->pdata[i];
    for (guint k = 0; k < participant->values->len; k++)
      add_mark(all, participant->values->pdata[k]);
  }
  return all;
}

static void keep(ParseJob *job, Extraction *extraction, void *context) {
  (void)context;
  ((Shown *)job->tag)->shown = extraction;
}

static int write_one(const Shown *shown, const char *directory) {
  g_autoptr(GError) error = NULL;
  guint part = shown->part, page = shown->page;
  GBytes *png = shown->shown ? shown->shown->page.png : NULL;
  if (!png) return ctl_fail(EX_UNAVAILABLE, "page %u of part %u cannot be shown", page, part);
  g_autofree char *name = g_strdup_printf("part-%u-page-%u.png", part, page);
  g_autofree char *file = g_build_filename(directory, name, NULL);
  gsize size = 0;
  const char *data = g_bytes_get_data(png, &size);
  return g_file_set_contents(file, data, (gssize)size, &error) ? EX_OK : ctl_error(error);
}

int pages_write(const Reading *reading, const char *path, const Extraction *extraction,
                const char *directory) {
  int code = EX_OK;
  g_autoptr(GPtrArray) all = collect(extraction);
  if (all->len == 0) return EX_OK;
  if (g_mkdir_with_parents(directory, 0700) != 0)
    return ctl_fail(EX_CANTCREAT, "%s: cannot be made: %s", directory, g_strerror(errno));
  ParsePool *pool = reading_pool(reading, 1, keep, NULL, &code);
  for (guint i = 0; pool && i < all->len; i++) {
    Shown *shown = all->pdata[i];
    g_autoptr(GError) error = NULL;
    ParseJob *job = reading_job(reading, path, shown, &error);
    if (!job) {
      code = ctl_error(error);
      break;
    }
    job->wish = g_steal_pointer(&shown->wish);
    parse_pool_push(pool, job);
  }
  parse_pool_free(pool, TRUE);
  for (guint i = 0; code == EX_OK && i < all->len; i++) code = write_one(all->pdata[i], directory);
  return code;
}
