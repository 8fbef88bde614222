/* review_originals - see review_originals.h. */
#include "daemon/desk/review_originals.h"

#include <string.h>

typedef struct {
  guint64 id;
  DeskOriginal *original;
  gsize bytes;
  guint users;  /* that have taken it */
  guint64 used; /* the higher, the later */
} Entry;

struct Originals {
  DeskReader *reader;
  GMutex lock;
  GPtrArray *entries; /* Entry* */
  gsize bytes;
  guint64 clock;
};

static void entry_free(gpointer data) {
  Entry *entry = data;
  desk_original_free(entry->original);
  g_free(entry);
}

Originals *originals_new(DeskReader *reader) {
  Originals *originals = g_new0(Originals, 1);
  originals->reader = reader;
  originals->entries = g_ptr_array_new_with_free_func(entry_free);
  g_mutex_init(&originals->lock);
  return originals;
}

void originals_free(Originals *originals) {
  if (!originals) return;
  g_ptr_array_unref(originals->entries);
  g_mutex_clear(&originals->lock);
  g_free(originals);
}

static Entry *find(const Originals *originals, guint64 id) {
  for (guint i = 0; i < originals->entries->len; i++) {
    Entry *entry = originals->entries->pdata[i];
    if (entry->id == id) return entry;
  }
  return NULL;
}

/* Drop those that nobody has taken, the one used longest ago first, until the bounds hold. */
static void make_room(Originals *originals) {
  while (originals->entries->len > ORIGINALS_MAX || originals->bytes > ORIGINALS_MAX_BYTES) {
    Entry *oldest = NULL;
    for (guint i = 0; i < originals->entries->len; i++) {
      Entry *entry = originals->entries->pdata[i];
      if (!entry->users && (!oldest || entry->used < oldest->used)) oldest = entry;
    }
    if (!oldest) return;
    originals->bytes -= oldest->bytes;
    g_ptr_array_remove_fast(originals->entries, oldest);
  }
}

static const DeskOriginal *use(Originals *originals, Entry *entry) {
  entry->users++;
  entry->used = ++originals->clock;
  return entry->original;
}

static gsize size_of(const DeskOriginal *original) {
  return strlen(original->html) + original->parts->len * sizeof(DeskPart) * 4 + sizeof *original;
}

const DeskOriginal *originals_take(Originals *originals, guint64 id, GBytes *raw, GError **error) {
  g_mutex_lock(&originals->lock);
  Entry *entry = find(originals, id);
  const DeskOriginal *taken = entry ? use(originals, entry) : NULL;
  g_mutex_unlock(&originals->lock);
  if (taken) return taken;
  DeskOriginal *read = desk_reader_original(originals->reader, raw, error);
  if (!read) return NULL;
  g_mutex_lock(&originals->lock);
  entry = find(originals, id); /* somebody else may have read it meanwhile */
  if (!entry) {
    entry = g_new0(Entry, 1);
    entry->id = id;
    entry->original = g_steal_pointer(&read);
    entry->bytes = size_of(entry->original);
    originals->bytes += entry->bytes;
    g_ptr_array_add(originals->entries, entry);
  }
  taken = use(originals, entry);
  make_room(originals);
  g_mutex_unlock(&originals->lock);
  if (read) desk_original_free(read);
  return taken;
}

void originals_release(Originals *originals, const DeskOriginal *original) {
  g_mutex_lock(&originals->lock);
  for (guint i = 0; i < originals->entries->len; i++) {
    Entry *entry = originals->entries->pdata[i];
    if (entry->original == original) entry->users--;
  }
  make_room(originals);
  g_mutex_unlock(&originals->lock);
}
