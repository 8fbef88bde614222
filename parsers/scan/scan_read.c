/* scan_read - see scan_read.h. */
#include "parsers/scan/scan_read.h"

#include <gio/gio.h>
#include <string.h>
#include <tesseract/capi.h>

#include "parsers/formats/package.h"
#include "parsers/formats/page_picture.h"
#include "parsers/formats/pdf_page.h"
#include "parsers/scan/scan_boxes.h"
#include "parsers/scan/scan_image.h"

#define TICKED "\342\230\222"   /* U+2612 */
#define UNTICKED "\342\230\220" /* U+2610 */

enum {
  WORD_CONFIDENCE_MIN = 25, /* less is dirt */
  MARK_CONFIDENCE_MIN = 75,
  LATIN_MEAN_MIN = 60,     /* less: perhaps it is Japanese */
  UPRIGHT_MEAN_MIN = 80,   /* as high, and … */
  UPRIGHT_WORDS_MIN = 20,  /* … as many: the page stands upright; turned letters reach 70 */
  TURN_CONFIDENCE_MIN = 2, /* of the orientation */
  WORDS_MAX = 20000,
  PAGE_POINTS = 842, /* A4's longer side: distances are thought of in points */
  WORDS_OF_PAGE = 8  /* fewer, and no box, are a logo */
};

static TessBaseAPI *latin, *japanese, *turning; /* NULL: not installed */

static TessBaseAPI *load(const char *languages, TessOcrEngineMode mode) {
  TessBaseAPI *api = TessBaseAPICreate();
  if (TessBaseAPIInit2(api, NULL, languages, mode) == 0) {
    TessBaseAPISetVariable(api, "debug_file", "/dev/null"); /* it tells of every picture */
    return api;
  }
  TessBaseAPIDelete(api);
  return NULL;
}

gboolean scan_read_start(GError **error) {
  setMsgSeverity(L_SEVERITY_NONE);
  latin = load("fra+eng", OEM_LSTM_ONLY);
  if (!latin) latin = load("eng", OEM_LSTM_ONLY);
  japanese = load("jpn", OEM_LSTM_ONLY);
  turning = load("osd", OEM_DEFAULT);
  if (latin || japanese) return TRUE;
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                      "no language of Tesseract is installed (tesseract-ocr-fra)");
  return FALSE;
}

/* ---- orientation ---- */

/* By how many quarters the page must be turned, as its letters seem to stand. */
static int quarters_of(PIX *pix) {
  int degrees = 0;
  float confidence = 0, script_confidence = 0;
  const char *script = NULL;
  if (!turning) return 0;
  TessBaseAPISetImage2(turning, pix);
  TessBaseAPISetSourceResolution(turning, 300);
  gboolean known = TessBaseAPIDetectOrientationScript(turning, &degrees, &confidence, &script,
                                                      &script_confidence);
  TessBaseAPIClear(turning);
  return known && confidence >= TURN_CONFIDENCE_MIN ? (360 - degrees) / 90 % 4 : 0;
}

/* ---- words ---- */

typedef struct {
  PdfPage *page;
  double scale; /* points a pixel */
  guint words;
  double confidences, least; /* their sum, and the least of them */
} Reading;

static PdfBox box_of(const Reading *reading, int left, int top, int right, int bottom) {
  return (PdfBox){left * reading->scale, top * reading->scale, right * reading->scale,
                  bottom * reading->scale};
}

/* Dashes and dots alone: rather dirt, or what is left of a rule, than a word. */
static gboolean is_mark(const char *word) {
  return word[strspn(word, "-=_!~'`.,;*\"")] == '\0' || !strcmp(word, "\342\200\224");
}

static void add_word(Reading *reading, const TessResultIterator *results,
                     const TessPageIterator *places) {
  int left = 0, top = 0, right = 0, bottom = 0;
  double confidence = TessResultIteratorConfidence(results, RIL_WORD);
  char *word = TessResultIteratorGetUTF8Text(results, RIL_WORD);
  if (word) g_strstrip(g_strdelimit(word, "|", ' ')); /* what is left of a rule */
  double least = word && is_mark(word) ? MARK_CONFIDENCE_MIN : WORD_CONFIDENCE_MIN;
  if (word && *word && confidence >= least &&
      TessPageIteratorBoundingBox(places, RIL_WORD, &left, &top, &right, &bottom)) {
    PdfPiece *piece = pdf_page_add(reading->page, box_of(reading, left, top, right, bottom),
                                   g_strdup(word), FALSE);
    if (piece) piece->confidence = (guint)CLAMP(confidence, 0, 100);
    reading->words++;
    reading->confidences += confidence;
    reading->least = MIN(reading->least, confidence);
  }
  if (word) TessDeleteText(word);
}

static gint by_height(gconstpointer a, gconstpointer b) {
  const PdfPiece *x = a, *y = b;
  double p = x->box.y1 - x->box.y0, q = y->box.y1 - y->box.y0;
  return p < q ? -1 : p > q;
}

/* A dash is low, but it stands in a row of letters: words are as tall as the page's letters are. */
static void level_words(const PdfPage *page) {
  if (page->pieces->len == 0) return;
  g_array_sort(page->pieces, by_height);
  const PdfPiece *middle = &g_array_index(page->pieces, PdfPiece, page->pieces->len / 2);
  double usual = middle->box.y1 - middle->box.y0;
  for (guint i = 0; i < page->pieces->len; i++) {
    PdfBox *box = &g_array_index(page->pieces, PdfPiece, i).box;
    double lacks = (usual - (box->y1 - box->y0)) / 2;
    if (lacks < usual / 4) continue;
    box->y0 -= lacks;
    box->y1 += lacks;
  }
}

static void read_words(TessBaseAPI *api, PIX *pix, Reading *reading) {
  TessBaseAPISetPageSegMode(api, PSM_SPARSE_TEXT);
  TessBaseAPISetImage2(api, pix);
  TessBaseAPISetSourceResolution(api, 300);
  if (TessBaseAPIRecognize(api, NULL) == 0) {
    TessResultIterator *results = TessBaseAPIGetIterator(api);
    const TessPageIterator *places =
        results ? TessResultIteratorGetPageIteratorConst(results) : NULL;
    for (guint n = 0; results && n < WORDS_MAX; n++) {
      add_word(reading, results, places);
      if (!TessResultIteratorNext(results, RIL_WORD)) break;
    }
    if (results) TessResultIteratorDelete(results);
    level_words(reading->page);
  }
  TessBaseAPIClear(api);
}

static double mean(const Reading *reading) {
  return reading->words ? reading->confidences / reading->words : 0;
}

/* Latin letters; nothing where they are not installed. */
static Reading read_latin(PIX *pix) {
  l_int32 width = 0, height = 0;
  pixGetDimensions(pix, &width, &height, NULL);
  Reading reading = {pdf_page_new(), (double)PAGE_POINTS / MAX(width, height), 0, 0, 100};
  if (latin) read_words(latin, pix, &reading);
  return reading;
}

/* The better of the reading (taken) and one in Japanese, where that is worth a try. */
static Reading or_japanese(PIX *pix, Reading first) {
  if (!japanese || (latin && mean(&first) >= LATIN_MEAN_MIN)) return first;
  Reading second = {pdf_page_new(), first.scale, 0, 0, 100};
  read_words(japanese, pix, &second);
  gboolean better = mean(&second) > mean(&first);
  pdf_page_free(better ? first.page : second.page);
  return better ? second : first;
}

/* ---- a page ---- */

static void write_page(const Reading *reading, const MimePart *part, guint number,
                       const Wire__Limits *limits, Text *text) {
  guint first = text->lines->len;
  pdf_page_write(reading->page, text, limits, part->index, number);
  for (guint i = first; i < text->lines->len; i++)
    ((TextLine *)text->lines->pdata[i])->scanned = TRUE;
}

/* Each piece knows the smallest cell around its middle. */
static void put_in_cells(const Reading *reading, const GArray *cells) {
  for (guint i = 0; i < reading->page->pieces->len; i++) {
    PdfPiece *piece = &g_array_index(reading->page->pieces, PdfPiece, i);
    double x = (piece->box.x0 + piece->box.x1) / 2, y = (piece->box.y0 + piece->box.y1) / 2;
    for (guint k = 0; k < cells->len; k++) {
      const ScanBox *cell = &g_array_index(cells, ScanBox, k);
      PdfBox box = box_of(reading, cell->x, cell->y, cell->x + cell->width, cell->y + cell->height);
      gboolean smaller = !piece->ruled || box.x1 - box.x0 < piece->cell.x1 - piece->cell.x0;
      if (!pdf_box_holds(&box, x, y) || !smaller) continue;
      piece->ruled = TRUE;
      piece->cell = box;
    }
  }
}

/* What is drawn, as it stands on the page: of `boxes` and `cells`. */
static void add_drawn(const Reading *reading, const GArray *boxes, const GArray *cells) {
  for (guint i = 0; i < boxes->len; i++) {
    const ScanBox *box = &g_array_index(boxes, ScanBox, i);
    pdf_page_add(reading->page,
                 box_of(reading, box->x, box->y, box->x + box->width, box->y + box->height),
                 g_strdup(box->ticked ? TICKED : UNTICKED), TRUE);
  }
  put_in_cells(reading, cells);
}

/* Few pages lie turned, and looking for it takes as long as reading: words that were read with
 * confidence stand upright. */
static gboolean is_surely_upright(const Reading *reading) {
  return reading->words >= UPRIGHT_WORDS_MIN && mean(reading) >= UPRIGHT_MEAN_MIN;
}

/* Words and boxes of the page as it stands. `pix` is painted on; `whole` is its copy, of which
 * *ret_quarters tells by how many it seems to be turned. NULL: that is not looked for. */
static Reading read_standing(PIX *pix, PIX *whole, guint *ret_boxes, int *ret_quarters) {
  g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(ScanBox));
  g_autoptr(GArray) boxes = scan_boxes_take(pix, cells);
  Reading reading = read_latin(pix);
  if (whole && !is_surely_upright(&reading)) *ret_quarters = quarters_of(whole);
  reading = or_japanese(pix, reading);
  add_drawn(&reading, boxes, cells);
  *ret_boxes = boxes->len;
  return reading;
}

/* A page that seems to be turned is read both ways, no more: on few words the orientation is a
 * guess. *ret_quarters: how it stands upright. */
static Reading read_upright(PIX *pix, guint *ret_boxes, int *ret_quarters) {
  guint other_boxes = 0;
  int quarters = 0;
  PIX *whole = pixCopy(NULL, pix);
  Reading reading = read_standing(pix, whole, ret_boxes, &quarters);
  PIX *turned = quarters && whole ? pixRotateOrth(whole, quarters) : NULL;
  pixDestroy(&whole);
  *ret_quarters = 0;
  if (!turned) return reading;
  Reading other = read_standing(turned, NULL, &other_boxes, NULL);
  pixDestroy(&turned);
  gboolean better = other.confidences > reading.confidences;
  pdf_page_free(better ? reading.page : other.page);
  if (!better) return reading;
  *ret_boxes = other_boxes;
  *ret_quarters = quarters;
  return other;
}

static void read_page(PIX *pix, const MimePart *part, guint number, const Wire__Limits *limits,
                      Text *text) {
  guint boxes = 0;
  int quarters = 0;
  Reading reading = read_upright(pix, &boxes, &quarters);
  if (reading.words >= WORDS_OF_PAGE || boxes > 0) write_page(&reading, part, number, limits, text);
  pdf_page_free(reading.page);
}

/* By how many quarters read_page turns the page. */
static int quarters_shown(PIX *pix) {
  guint boxes = 0;
  int quarters = 0;
  if (quarters_of(pix) == 0) return 0;
  PIX *copy = pixCopy(NULL, pix);
  Reading reading = read_upright(copy, &boxes, &quarters);
  pdf_page_free(reading.page);
  pixDestroy(&copy);
  return quarters;
}

/* The picture of the page, for eyes. */
static void show_page(PIX *pix, Text *text) {
  int quarters = quarters_shown(pix);
  PIX *upright = quarters ? pixRotateOrth(pix, quarters) : pixClone(pix);
  l_int32 width = 0, height = 0;
  pixGetDimensions(upright, &width, &height, NULL);
  double points = (double)PAGE_POINTS / MAX(width, height);
  double scale = page_picture_scale(text, width * points, height * points) * points;
  PIX *scaled = pixScale(upright, (float)scale, (float)scale);
  cairo_surface_t *surface = scaled ? scan_image_surface(scaled) : NULL;
  if (surface) page_picture_keep(text, surface, width * points, height * points);
  if (surface) cairo_surface_destroy(surface);
  pixDestroy(&scaled);
  pixDestroy(&upright);
}

gboolean scan_read(const MimePart *part, const Picture *picture, const Wire__Limits *limits,
                   Text *text) {
  const char *limit = NULL;
  guint pages = scan_image_count(picture, limits, &limit);
  if (limit) {
    package_report(limit, part, text);
    return TRUE;
  }
  for (guint n = 0; n < pages; n++) {
    guint number = picture->page ? picture->page : n + 1;
    if (n >= limits->pages) {
      package_report("pages", part, text);
      break;
    }
    if (text->wanted && !page_picture_is(text, part->index, number)) continue;
    PIX *pix = scan_image_load(picture, n);
    if (pix && text->wanted)
      show_page(pix, text);
    else if (pix && scan_image_is_page(pix))
      read_page(pix, part, number, limits, text);
    else if (!pix)
      package_report("damaged", part, text);
    pixDestroy(&pix);
  }
  return pages > 0;
}
