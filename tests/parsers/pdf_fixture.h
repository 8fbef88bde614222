/* pdf_fixture - PDF documents made in memory of raw objects, for the tests of pdf_read.
 *
 * Objects 1 to 19 are the document's own: catalog, pages, fonts. Those of a test begin at 20. */
#pragma once
#include <glib.h>
#include <string.h>

typedef struct {
  const char *content; /* operators of the one page; NULL: none */
  const char *objects; /* whole objects, from 20 on: fields, annotations, pictures */
  const char *annots;  /* references to them: "20 0 R 21 0 R" */
  const char *fields;  /* the same, of the form */
  const char *page;    /* more entries of the page: "/Rotate 90" */
  guint copies;        /* of the page; 0: one */
} PdfFixture;

/* Text at a place, in points from the bottom left. */
#define AT_FONT(font, x, y, text) "BT /" font " 11 Tf " #x " " #y " Td (" text ") Tj ET\n"
#define AT(x, y, text) AT_FONT("F", x, y, text)

/* F Latin; Z, S, W, V fonts of signs; J Japanese, by a character map that is not in the file. */
static const char pdf_fixture_fonts[] =
    "4 0 obj<</F 5 0 R/Z 6 0 R/S 7 0 R/W 8 0 R/V 10 0 R/J 12 0 R>>endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n"
    "6 0 obj<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>endobj\n"
    "7 0 obj<</Type/Font/Subtype/Type1/BaseFont/Symbol>>endobj\n"
    "8 0 obj<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Wingdings-Regular/FirstChar 0"
    "/LastChar 0/Widths[800]/FontDescriptor 9 0 R>>endobj\n"
    "9 0 obj<</Type/FontDescriptor/FontName/ABCDEF+Wingdings-Regular/Flags 4/MissingWidth 800"
    "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>"
    "endobj\n"
    "10 0 obj<</Type/Font/Subtype/TrueType/BaseFont/Wingdings2/FirstChar 0/LastChar 0/Widths[800]"
    "/FontDescriptor 11 0 R>>endobj\n"
    "11 0 obj<</Type/FontDescriptor/FontName/Wingdings2/Flags 4/MissingWidth 800"
    "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>"
    "endobj\n"
    "12 0 obj<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light-90ms-RKSJ-H/Encoding/90ms-RKSJ-H"
    "/DescendantFonts[13 0 R]>>endobj\n"
    "13 0 obj<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/DW 1000/CIDSystemInfo<<"
    "/Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/FontDescriptor 14 0 R>>endobj\n"
    "14 0 obj<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 4/FontBBox[0 -200 1000 900]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>endobj\n";

/* The document. `trailer`: more entries of it, "/Encrypt 40 0 R"; NULL: none. There is no table of
 * objects: readers find them by themselves. */
static inline GBytes *pdf_fixture_new(const PdfFixture *pdf, const char *trailer) {
  GString *out = g_string_new("%PDF-1.7\n");
  guint copies = MAX(pdf->copies, 1);
  g_string_append_printf(out,
                         "1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%s]/DA(/F 10 Tf)"
                         "/DR<</Font 4 0 R>>>>>>endobj\n2 0 obj<</Type/Pages/Count %u/Kids[",
                         pdf->fields ? pdf->fields : "", copies);
  for (guint i = 0; i < copies; i++) g_string_append_printf(out, "%u 0 R ", 1000 + i);
  g_string_append_printf(out, "]>>endobj\n%s", pdf_fixture_fonts);
  const char *content = pdf->content ? pdf->content : "";
  g_string_append_printf(out, "3 0 obj<</Length %zu>>stream\n%s\nendstream endobj\n",
                         strlen(content), content);
  for (guint i = 0; i < copies; i++)
    g_string_append_printf(out,
                           "%u 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R"
                           "/Resources<</Font 4 0 R/XObject<</P 30 0 R>>>>/Annots[%s]%s>>endobj\n",
                           1000 + i, pdf->annots ? pdf->annots : "", pdf->page ? pdf->page : "");
  if (pdf->objects) g_string_append(out, pdf->objects);
  g_string_append_printf(out, "trailer<</Size 2000/Root 1 0 R%s>>\n%%%%EOF\n",
                         trailer ? trailer : "");
  return g_string_free_to_bytes(out);
}

/* ---- a document that is locked: the standard handler, revision 2 ---- */

enum { PDF_LOCK_BYTES = 32, PDF_KEY_BYTES = 5 };

static inline void pdf_fixture_rc4(const guint8 *key, gsize key_size, guint8 *data, gsize size) {
  guint8 state[256], i = 0, j = 0;
  for (guint k = 0; k < 256; k++) state[k] = (guint8)k;
  for (guint k = 0; k < 256; k++) {
    j = (guint8)(j + state[k] + key[k % key_size]);
    guint8 kept = state[k];
    state[k] = state[j];
    state[j] = kept;
  }
  j = 0;
  for (gsize k = 0; k < size; k++) {
    guint8 kept = state[++i];
    j = (guint8)(j + kept);
    state[i] = state[j];
    state[j] = kept;
    data[k] ^= state[(guint8)(state[i] + state[j])];
  }
}

/* The password, filled up as the format says. */
static inline void pdf_fixture_pad(const char *password, guint8 *ret_padded) {
  static const guint8 filler[PDF_LOCK_BYTES] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41,
                                                0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
                                                0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80,
                                                0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};
  gsize length = MIN(strlen(password), PDF_LOCK_BYTES);
  memcpy(ret_padded, password, length);
  memcpy(ret_padded + length, filler, PDF_LOCK_BYTES - length);
}

static inline void pdf_fixture_md5(const guint8 *data, gsize size, guint8 *ret_digest) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
  gsize length = 16;
  g_checksum_update(sum, data, (gssize)size);
  g_checksum_get_digest(sum, ret_digest, &length);
}

static inline void pdf_fixture_hex(GString *out, const guint8 *data, gsize size) {
  for (gsize i = 0; i < size; i++) g_string_append_printf(out, "%02x", data[i]);
}

/* The document whose page draws `content`, locked with both passwords; "" opens to everybody. */
static inline GBytes *pdf_fixture_locked(const char *content, const char *user, const char *owner) {
  static const guint8 rights[] = {0xc4, 0xff, 0xff, 0xff}; /* -60: neither copied nor changed */
  guint8 digest[16], locks[PDF_LOCK_BYTES], proof[PDF_LOCK_BYTES], seed[PDF_LOCK_BYTES * 2 + 8];
  pdf_fixture_pad(owner, seed);
  pdf_fixture_md5(seed, PDF_LOCK_BYTES, digest);
  pdf_fixture_pad(user, locks);
  pdf_fixture_rc4(digest, PDF_KEY_BYTES, locks, sizeof locks);
  pdf_fixture_pad(user, seed);
  memcpy(seed + PDF_LOCK_BYTES, locks, sizeof locks);
  memcpy(seed + PDF_LOCK_BYTES * 2, rights, 4);
  memcpy(seed + PDF_LOCK_BYTES * 2 + 4, "ABCD", 4);
  guint8 key[16], object[PDF_KEY_BYTES + 5] = {0};
  pdf_fixture_md5(seed, sizeof seed, key);
  pdf_fixture_pad("", proof);
  pdf_fixture_rc4(key, PDF_KEY_BYTES, proof, sizeof proof);
  memcpy(object, key, PDF_KEY_BYTES);
  object[PDF_KEY_BYTES] = 3; /* the content's object number */
  pdf_fixture_md5(object, sizeof object, digest);
  gsize size = strlen(content);
  g_autofree guint8 *secret = g_memdup2(content, size);
  pdf_fixture_rc4(digest, PDF_KEY_BYTES + 5, secret, size);
  GString *hex = g_string_new("<</Filter/Standard/V 1/R 2/P -60/O<");
  pdf_fixture_hex(hex, locks, sizeof locks);
  g_string_append(hex, ">/U<");
  pdf_fixture_hex(hex, proof, sizeof proof);
  g_string_append(hex, ">>>");
  GString *out = g_string_new("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                              "2 0 obj<</Type/Pages/Count 1/Kids[15 0 R]>>endobj\n");
  g_string_append(out, pdf_fixture_fonts);
  g_string_append_printf(out, "3 0 obj<</Length %zu>>stream\n", size);
  g_string_append_len(out, (const char *)secret, (gssize)size);
  g_string_append_printf(out,
                         "\nendstream endobj\n15 0 obj<</Type/Page/Parent 2 0 R/Contents 3 0 R"
                         "/MediaBox[0 0 595 842]/Resources<</Font 4 0 R>>>>endobj\n"
                         "16 0 obj%sendobj\ntrailer<</Size 20/Root 1 0 R/Encrypt 16 0 R"
                         "/ID[<41424344><41424344>]>>\n%%%%EOF\n",
                         hex->str);
  g_string_free(hex, TRUE);
  return g_string_free_to_bytes(out);
}
