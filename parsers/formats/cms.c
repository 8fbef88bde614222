/* cms - see cms.h. */
#include "parsers/formats/cms.h"

#include <string.h>

enum {
  NESTING_MAX = 16,
  LENGTH_BYTES_MAX = 4,
  UNKNOWN_LENGTH = 0x80, /* ends with two zero bytes (X.690 8.1.3.6) */
};

/* Tags (X.690 8.1.2), of the elements on the way to the content. */
enum {
  INTEGER = 0x02,
  OCTETS = 0x04,
  OCTETS_IN_PIECES = 0x24,
  OBJECT = 0x06,
  SEQUENCE = 0x30,
  SET = 0x31,
  FIRST = 0xa0, /* [0] EXPLICIT */
};

typedef struct {
  const guint8 *data;
  gsize size;
} Span;

typedef struct {
  guint tag;
  gboolean open;    /* of unknown length: `inside` is all that follows */
  gboolean cut_off; /* there are fewer bytes than it says */
  Span inside;
} Element;

static void advance(Span *left, gsize bytes) {
  left->data += bytes;
  left->size -= bytes;
}

/* Read the head of the element that stands at *left and step behind the head; an element of known
 * length is stepped over as a whole. FALSE: there is none. */
static gboolean cut_element(Span *left, Element *element) {
  if (left->size < 2 || (left->data[0] & 0x1f) == 0x1f) return FALSE;
  guint first = left->data[1], bytes = first > UNKNOWN_LENGTH ? first - UNKNOWN_LENGTH : 0;
  if (bytes > LENGTH_BYTES_MAX || left->size - 2 < bytes) return FALSE;
  gsize length = bytes ? 0 : first;
  for (guint i = 0; i < bytes; i++) length = length << 8 | left->data[2 + i];
  *element = (Element){.tag = left->data[0], .open = first == UNKNOWN_LENGTH};
  advance(left, 2 + (gsize)bytes);
  element->cut_off = !element->open && length > left->size;
  element->inside = (Span){left->data, element->open ? left->size : MIN(length, left->size)};
  if (!element->open) advance(left, element->inside.size);
  return TRUE;
}

static gboolean cut_end(Span *left) {
  if (left->size < 2 || left->data[0] != 0 || left->data[1] != 0) return FALSE;
  advance(left, 2);
  return TRUE;
}

/* Step over one element with all that is in it. */
static gboolean skip_element(Span *left, guint nesting) {
  Element element;
  if (nesting > NESTING_MAX || !cut_element(left, &element) || element.cut_off) return FALSE;
  while (element.open && !cut_end(left))
    if (!skip_element(left, nesting + 1)) return FALSE;
  return TRUE;
}

/* Step into the element `tag` at *left. */
static gboolean enter(Span *left, guint tag) {
  Element element;
  if (!cut_element(left, &element) || element.tag != tag) return FALSE;
  *left = element.inside;
  return TRUE;
}

static gboolean skip_tag(Span *left, guint tag) {
  return left->size > 0 && left->data[0] == tag && skip_element(left, 0);
}

/* Append an OCTET STRING, whole or in pieces (X.690 8.7). FALSE: it does not end as it should. */
static gboolean append_octets(Span *left, GByteArray *out, guint nesting) {
  Element element;
  if (nesting > NESTING_MAX || !cut_element(left, &element)) return FALSE;
  if (element.tag == OCTETS && !element.open) {
    g_byte_array_append(out, element.inside.data, (guint)element.inside.size);
    return !element.cut_off;
  }
  if (element.tag != OCTETS_IN_PIECES) return FALSE;
  Span *pieces = element.open ? left : &element.inside;
  while (element.open ? !cut_end(pieces) : pieces->size > 0)
    if (!append_octets(pieces, out, nesting + 1)) return FALSE;
  return !element.cut_off;
}

GBytes *cms_signed_content(GBytes *data, gboolean *ret_broken) {
  Span left = {NULL, 0};
  left.data = g_bytes_get_data(data, &left.size);
  *ret_broken = TRUE;
  /* ContentInfo, SignedData: version, digest algorithms, then what was signed. */
  if (!enter(&left, SEQUENCE) || !skip_tag(&left, OBJECT) || !enter(&left, FIRST) ||
      !enter(&left, SEQUENCE) || !skip_tag(&left, INTEGER) || !skip_tag(&left, SET) ||
      !enter(&left, SEQUENCE) || !skip_tag(&left, OBJECT))
    return NULL;
  *ret_broken = FALSE;
  if (!enter(&left, FIRST)) return NULL; /* detached */
  g_autoptr(GByteArray) out = g_byte_array_new();
  *ret_broken = !append_octets(&left, out, 0);
  return out->len > 0 ? g_byte_array_free_to_bytes(g_steal_pointer(&out)) : NULL;
}
