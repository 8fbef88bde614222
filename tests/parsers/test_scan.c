/* test_scan - what is read from pictures: words, rows, drawn tick boxes, pages turned and askew.
 *
 * The pictures are drawn here, with Leptonica's own letters. */
#include "parsers/scan/scan_read.h"

#include <allheaders.h>
#include <cairo.h>
#include <string.h>

#include "parsers/formats/page_picture.h"
#include "parsers/place.h"
#include "parsers/scan/scan_boxes.h"
#include "parsers/scan/scan_exif.h"
#include "parsers/scan/scan_flatten.h"
#include "parsers/scan/scan_heif.h"
#include "parsers/scan/scan_image.h"

enum { WIDTH = 1654, HEIGHT = 2339, LETTERS = 34, SIDE = 44 }; /* A4 at 200 dots an inch */

static Wire__Limits limits;

/* The letters that the test draws: fontconfig keeps what it has found. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:libfontconfig\n";
}

/* Text with its baseline at (x, y). */
static void write_text(PIX *page, const char *text, int x, int y) {
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, 80);
  cairo_t *cairo = cairo_create(surface);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  cairo_paint(cairo);
  cairo_set_source_rgb(cairo, 0, 0, 0);
  cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cairo, LETTERS);
  cairo_move_to(cairo, 0, 60);
  cairo_show_text(cairo, text);
  cairo_destroy(cairo);
  cairo_surface_flush(surface);
  const guint8 *data = cairo_image_surface_get_data(surface);
  int stride = cairo_image_surface_get_stride(surface);
  for (int j = 0; j < 80; j++)
    for (int i = 0; i < WIDTH - x && i < (int)pixGetWidth(page) - x; i++)
      if (data[j * stride + i * 4] < 255 && y - 60 + j >= 0 && y - 60 + j < (int)pixGetHeight(page))
        pixSetPixel(page, x + i, y - 60 + j, data[j * stride + i * 4]);
  cairo_surface_destroy(surface);
}

static void draw_box(PIX *page, int x, int y, gboolean ticked) {
  BOX *box = boxCreate(x, y, SIDE, SIDE);
  pixRenderBox(page, box, 4, L_CLEAR_PIXELS);
  if (ticked) {
    pixRenderLine(page, x + 10, y + 10, x + SIDE - 10, y + SIDE - 10, 5, L_CLEAR_PIXELS);
    pixRenderLine(page, x + 10, y + SIDE - 10, x + SIDE - 10, y + 10, 5, L_CLEAR_PIXELS);
  }
  boxDestroy(&box);
}

static PIX *page_new(void) {
  PIX *page = pixCreate(WIDTH, HEIGHT, 8);
  pixSetAll(page);
  write_text(page, "BULLETIN DE PARTICIPATION", 400, 300);
  write_text(page, "Organisme : Ville de Tours", 150, 500);
  write_text(page, "Nom : DURAND", 150, 650);
  write_text(page, "Fonction : Directeur du cabinet", 150, 800);
  write_text(page, "Participera :", 150, 950);
  draw_box(page, 700, 915, TRUE);
  write_text(page, "Oui", 770, 950);
  draw_box(page, 1000, 915, FALSE);
  write_text(page, "Non", 1070, 950);
  return page;
}

static GBytes *png_of(PIX *page) {
  l_uint8 *data = NULL;
  size_t size = 0;
  g_assert_cmpint(pixWriteMemPng(&data, &size, page, 0), ==, 0);
  return g_bytes_new_with_free_func(data, size, lept_free, data);
}

static Text *text_of_bytes(GBytes *bytes, PagePicture *wanted) {
  static char type[] = "image/png", name[] = "scan.png", none[] = "";
  MimePart part = {
      .type = type, .name = name, .charset = none, .content_id = none, .content = bytes};
  Picture picture = {.encoded = bytes};
  Text *text = text_new();
  text->wanted = wanted;
  g_assert_true(scan_read(&part, &picture, &limits, text));
  return text;
}

static Text *text_of(PIX *page, PagePicture *wanted) {
  g_autoptr(GBytes) bytes = png_of(page);
  return text_of_bytes(bytes, wanted);
}

static char *read_bytes(GBytes *bytes) {
  g_autoptr(Text) text = text_of_bytes(bytes, NULL);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    g_assert_true(line->scanned);
    g_assert_cmpuint(line->page, ==, 1);
    g_string_append_printf(out, "%s\n", line->text);
  }
  for (guint i = 0; i < text->review_reasons->len; i++)
    g_string_append_printf(out, "! %s\n", (char *)text->review_reasons->pdata[i]);
  return g_string_free(out, FALSE);
}

static char *read_picture(PIX *page) {
  g_autoptr(GBytes) bytes = png_of(page);
  return read_bytes(bytes);
}

static void assert_read(const char *got) {
  static const char *const wanted[] = {"Ville de Tours", "DURAND",     "Directeur",
                                       "Participera",    "\u2612 Oui", "\u2610 Non"};
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
    if (!strstr(got, wanted[i])) g_test_fail_printf("'%s' is not in: %s", wanted[i], got);
}

static void test_upright(void) {
  PIX *page = page_new();
  g_autofree char *got = read_picture(page);
  assert_read(got);
  pixDestroy(&page);
}

static void test_askew(void) {
  PIX *page = page_new();
  PIX *askew = pixRotate(page, 0.03f, L_ROTATE_AREA_MAP, L_BRING_IN_WHITE, WIDTH, HEIGHT);
  g_autofree char *got = read_picture(askew);
  assert_read(got);
  pixDestroy(&askew);
  pixDestroy(&page);
}

/* However it lies, enough words or few: a page is read upright. */
static void test_turned(void) {
  for (int quarters = 1; quarters < 4; quarters++) {
    PIX *page = page_new();
    int more = quarters == 2 ? 0 : 8; /* lines */
    for (int line = 0; line < more; line++)
      write_text(page, "Chargé de mission au service des relations", 150, 1100 + line * 80);
    PIX *turned = pixRotateOrth(page, quarters);
    g_autofree char *got = read_picture(turned);
    assert_read(got);
    pixDestroy(&turned);
    pixDestroy(&page);
  }
}

/* The rectangle of a word on the page as it was drawn (A4 at 200 dots an inch). */
static void assert_place(const Text *text, const char *word, double x, double baseline) {
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    const char *at = strstr(line->text, word);
    for (guint k = 0; at && line->places && k < line->places->len; k++) {
      const TextPlace *place = &g_array_index(line->places, TextPlace, k);
      if (place->start != (guint)(at - line->text)) continue;
      g_assert_cmpfloat_with_epsilon(place->x, x * 72 / 200, 4);
      g_assert_cmpfloat_with_epsilon(place->y + place->height, baseline * 72 / 200, 4);
      g_assert_cmpuint(place->confidence, >, 50);
      g_assert_cmpuint(place->confidence, <=, 100);
      return;
    }
  }
  g_test_fail_printf("'%s' has no place", word);
}

static void test_words_know_their_places(void) {
  PIX *page = page_new();
  PIX *turned = pixRotateOrth(page, 1);
  PIX *pages[] = {page, turned};
  for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
    g_autoptr(Text) text = text_of(pages[i], NULL);
    assert_place(text, "Organisme", 150, 500);
    assert_place(text, "Fonction", 150, 800);
  }
  pixDestroy(&turned);
  pixDestroy(&page);
}

/* How tall and wide the picture is that is shown of the page. */
static void test_a_turned_page_is_shown_upright(void) {
  PIX *page = page_new();
  PIX *turned = pixRotateOrth(page, 1);
  Wire__PageWish wish = WIRE__PAGE_WISH__INIT;
  wish.page = 1;
  wish.side = 842;
  PagePicture wanted = {.wish = &wish};
  g_autoptr(Text) text = text_of(turned, &wanted);
  g_assert_cmpuint(text->lines->len, ==, 0);
  g_assert_nonnull(wanted.png);
  g_assert_cmpfloat_with_epsilon(wanted.height, 842, 0.1);
  g_assert_cmpfloat_with_epsilon(wanted.width, 842.0 * WIDTH / HEIGHT, 1);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(wanted.png, &size);
  PIX *shown = pixReadMemPng(data, size);
  g_assert_cmpint((int)pixGetHeight(shown), ==, 842);
  g_assert_cmpint((int)pixGetWidth(shown), <, 700);
  page_picture_clear(&wanted);
  pixDestroy(&shown);
  pixDestroy(&turned);
  pixDestroy(&page);
}

static void test_boxes_are_no_letters(void) {
  PIX *page = page_new();
  g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(ScanBox));
  g_autoptr(GArray) boxes = scan_boxes_take(page, cells);
  g_assert_cmpuint(boxes->len, ==, 2);
  g_assert_true(g_array_index(boxes, ScanBox, 0).ticked != g_array_index(boxes, ScanBox, 1).ticked);
  g_autoptr(GArray) again = scan_boxes_take(page, cells); /* they were painted over */
  g_assert_cmpuint(again->len, ==, 0);
  pixDestroy(&page);
}

/* A table of one cell, whose rules have gaps where the scanner saw nothing, and lead to the edge.
 */
static void test_rules_with_gaps(void) {
  PIX *page = pixCreate(WIDTH, HEIGHT, 8);
  pixSetAll(page);
  for (int y = 400; y <= 600; y += 200) pixRenderLine(page, 0, y, WIDTH - 1, y, 3, L_CLEAR_PIXELS);
  for (int x = 300; x <= 1300; x += 1000)
    pixRenderLine(page, x, 0, x, HEIGHT - 1, 3, L_CLEAR_PIXELS);
  BOX *gap = boxCreate(700, 390, 60, 220); /* of both rules across */
  pixSetInRect(page, gap);
  g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(ScanBox));
  g_autoptr(GArray) boxes = scan_boxes_take(page, cells);
  g_assert_cmpuint(boxes->len, ==, 0);
  g_assert_cmpuint(cells->len, ==, 1); /* those at the edge are no cells */
  const ScanBox *cell = &g_array_index(cells, ScanBox, 0);
  g_assert_cmpfloat_with_epsilon(cell->x, 302, 4);
  g_assert_cmpfloat_with_epsilon(cell->width, 996, 8);
  g_assert_cmpfloat_with_epsilon(cell->height, 196, 8);
  l_uint32 grey = 0;
  pixGetPixel(page, 500, 400, &grey);
  g_assert_cmpuint(grey, ==, 255); /* rules are no letters */
  boxDestroy(&gap);
  pixDestroy(&page);
}

static void test_a_logo_says_nothing(void) {
  PIX *logo = pixCreate(300, 120, 8);
  pixSetAll(logo);
  write_text(logo, "Tours", 10, 90);
  g_autofree char *got = read_picture(logo);
  g_assert_cmpstr(got, ==, "");
  pixDestroy(&logo);
}

static void test_pixels_are_bounded_before_they_are_unpacked(void) {
  PIX *page = page_new();
  guint64 before = limits.page_pixels;
  limits.page_pixels = 1000000;
  g_autofree char *got = read_picture(page);
  g_assert_cmpstr(got, ==, "! over the limit page_pixels: scan.png read in part\n");
  limits.page_pixels = before;
  pixDestroy(&page);
}

static void test_broken_pictures(void) {
  static const char broken[] = "\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\2\0\0\0\2\0\10\0\0\0\0cut";
  g_autoptr(GBytes) bytes = g_bytes_new_static(broken, sizeof broken - 1);
  static char type[] = "image/png", name[] = "scan.png", none[] = "";
  MimePart part = {
      .type = type, .name = name, .charset = none, .content_id = none, .content = bytes};
  Picture picture = {.encoded = bytes};
  g_autoptr(Text) text = text_new();
  scan_read(&part, &picture, &limits, text);
  g_assert_cmpuint(text->lines->len, ==, 0);
}

/* ---- several pages, and pages that a PDF document paints ---- */

static const char *const towns[] = {"Organisme : Ville de Tours", "Organisme : Ville de Sens"};

static PIX *page_of(const char *line) {
  PIX *page = pixCreate(WIDTH, HEIGHT, 8);
  pixSetAll(page);
  write_text(page, line, 150, 500);
  write_text(page, "Nom : DURAND", 150, 650);
  write_text(page, "Fonction : Directeur du cabinet", 150, 800);
  return page;
}

/* A TIFF file with a page for each town. */
static GBytes *tiff_new(void) {
  PIXA *pages = pixaCreate(0);
  for (guint i = 0; i < G_N_ELEMENTS(towns); i++) pixaAddPix(pages, page_of(towns[i]), L_INSERT);
  l_uint8 *data = NULL;
  size_t size = 0;
  g_assert_cmpint(pixaWriteMemMultipageTiff(&data, &size, pages), ==, 0);
  pixaDestroy(&pages);
  return g_bytes_new_with_free_func(data, size, lept_free, data);
}

/* "page: text" of each line that names the town, "! reason" of each doubt. */
static char *pages_of(const Text *text) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < text->lines->len; i++) {
    const TextLine *line = text->lines->pdata[i];
    if (strstr(line->text, "Ville"))
      g_string_append_printf(out, "%u: %s\n", line->page, line->text);
  }
  for (guint i = 0; i < text->review_reasons->len; i++)
    g_string_append_printf(out, "! %s\n", (char *)text->review_reasons->pdata[i]);
  return g_string_free(out, FALSE);
}

static void test_each_page_of_a_tiff(void) {
  static const struct {
    guint most;
    const char *want;
  } rows[] = {
      {10, "1: Organisme : Ville de Tours\n2: Organisme : Ville de Sens\n"},
      {1, "1: Organisme : Ville de Tours\n! over the limit pages: scan.png read in part\n"}};
  g_autoptr(GBytes) tiff = tiff_new();
  Wire__Limits before = limits;
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    limits.pages = rows[i].most;
    g_autoptr(Text) text = text_of_bytes(tiff, NULL);
    g_autofree char *got = pages_of(text);
    g_assert_cmpstr(got, ==, rows[i].want);
  }
  limits = before;
}

/* Pixels of four bytes, in rows that are longer than the picture is wide. */
static void test_pixels_of_a_painted_page(void) {
  PIX *page = page_of(towns[1]);
  Picture picture = {.width = WIDTH, .height = HEIGHT, .stride = WIDTH * 4 + 16, .page = 3};
  g_autofree guint8 *pixels = g_malloc0((gsize)picture.stride * HEIGHT);
  picture.pixels = pixels;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      l_uint32 grey = 0;
      pixGetPixel(page, x, y, &grey);
      memset(pixels + (gsize)y * (gsize)picture.stride + (gsize)x * 4, (int)grey, 3);
    }
  static char type[] = "application/pdf", name[] = "scan.pdf", none[] = "";
  MimePart part = {.type = type, .name = name, .charset = none, .content_id = none};
  g_autoptr(Text) text = text_new();
  g_assert_true(scan_read(&part, &picture, &limits, text));
  g_autofree char *got = pages_of(text);
  g_assert_cmpstr(got, ==, "3: Organisme : Ville de Sens\n");
  pixDestroy(&page);
}

/* ---- photographs of telephones: photo.heic, of six tiles, stored turned by a quarter ---- */

#define DAMAGED "! attachment scan.png cannot be read: damaged\n"

static GByteArray *file_new(const char *path) {
  char *data = NULL;
  gsize size = 0;
  g_assert_true(g_file_get_contents(path, &data, &size, NULL));
  return g_byte_array_new_take((guint8 *)data, size);
}

static GByteArray *photo_new(void) {
  return file_new(SOURCE_DIR "/tests/parsers/photo.heic");
}

/* What is read of the photo; *takes* it. */
static char *read_photo(GByteArray *photo) {
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(photo);
  return read_bytes(bytes);
}

/* Behind the n-th mark from the file's start. */
static guint8 *behind(GByteArray *photo, const char *mark, guint n) {
  guint8 *at = photo->data;
  for (guint i = 0; i < n; i++) {
    at = memmem(at, (gsize)(photo->data + photo->len - at), mark, 4);
    g_assert_nonnull(at);
    at += 4;
  }
  return at;
}

static void test_photo(void) {
  g_autofree char *got = read_photo(photo_new());
  static const char *const wanted[] = {"Haute-Loire", "CHAUSSENDE", "Bernadette", "43011"};
  for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
    if (!strstr(got, wanted[i])) g_test_fail_printf("'%s' is not in: %s", wanted[i], got);
}

static void test_photo_upright_as_the_file_says(void) {
  for (guint8 quarters = 0; quarters < 4; quarters++) {
    GByteArray *photo = photo_new();
    *behind(photo, "irot", 1) = quarters;
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(photo);
    PIX *pix = scan_image_load(&(Picture){.encoded = bytes}, 0);
    g_assert_nonnull(pix);
    g_assert_true((pixGetHeight(pix) > pixGetWidth(pix)) == (quarters % 2 == 1));
    pixDestroy(&pix);
  }
}

static void test_photo_is_bounded_before_it_is_decoded(void) {
  static const guint8 large[] = {0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30};
  GByteArray *photo = photo_new();
  memcpy(behind(photo, "ispe", 2) + 4, large, sizeof large); /* of the whole, behind a tile's */
  g_autofree char *got = read_photo(photo);
  g_assert_cmpstr(got, ==, "! over the limit page_pixels: scan.png read in part\n");
}

/* The parts say how large the whole becomes: a size that was not counted is refused. */
static void test_photo_that_grows_is_damaged(void) {
  static const guint8 large[] = {0x75, 0x30, 0x75, 0x30};
  GByteArray *photo = photo_new();
  memcpy(photo->data + photo->len - sizeof large, large, sizeof large);
  g_autofree char *got = read_photo(photo);
  g_assert_cmpstr(got, ==, DAMAGED);
}

/* large.heic: a grey picture of 6400 times 5600 in eight kilobytes. The box says what was counted,
 * the coded picture itself what it takes to decode it. */
static void test_photo_larger_than_its_box_says(void) {
  static const guint8 small[] = {0, 0, 4, 0, 0, 0, 4, 0};
  GByteArray *photo = file_new(SOURCE_DIR "/tests/parsers/large.heic");
  memcpy(behind(photo, "ispe", 1) + 4, small, sizeof small);
  g_autofree char *got = read_photo(photo);
  g_assert_cmpstr(got, ==, DAMAGED);
}

static void test_photo_cut(void) {
  for (guint keep = 24; keep < 16000; keep = keep < 1200 ? keep + 61 : keep * 2) {
    GByteArray *photo = photo_new();
    g_assert_cmpuint(keep, <, photo->len);
    g_byte_array_set_size(photo, keep);
    g_autofree char *got = read_photo(photo);
    g_assert_cmpstr(got, ==, DAMAGED);
  }
}

static void test_photo_with_gaps_is_damaged(void) {
  GByteArray *photo = photo_new();
  for (guint i = 6000; i < 8000; i += 7) photo->data[photo->len - i] ^= 0x5a;
  g_autofree char *got = read_photo(photo);
  g_assert_cmpstr(got, ==, DAMAGED);
}

/* Whatever is wrong in its boxes, it ends. */
static void test_photo_with_any_byte_wrong(void) {
  g_autoptr(GByteArray) first = photo_new();
  gsize boxes = (gsize)(behind(first, "mdat", 1) - first->data);
  for (gsize i = 12; i < boxes; i += 3) {
    GByteArray *photo = photo_new();
    photo->data[i] ^= 0xff;
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(photo);
    const char *limit = NULL;
    Picture picture = {.encoded = bytes};
    if (scan_image_count(&picture, &limits, &limit) == 0) continue;
    PIX *pix = scan_heif_load(bytes);
    pixDestroy(&pix);
  }
}

/* ---- photographs that say how the camera was held ---- */

enum { EXIF_VALUE = 40 }; /* where it stands in: */

/* A segment that says `number`, in either order of bytes. */
static GByteArray *exif_new(guint8 number, gboolean little) {
  static const guint8 orders[2][48] = {
      {0xff, 0xe1, 0, 46, 'E', 'x', 'i', 'f', 0,   0, 'M', 'M', 0,    '*',  0, 0, 0, 8, 0, 2,
       0x01, 0x0f, 0, 2,  0,   0,   0,   1,   'A', 0, 0,   0,   0x01, 0x12, 0, 3, 0, 0, 0, 1},
      {0xff, 0xe1, 0, 46, 'E', 'x', 'i', 'f', 0,   0, 'I', 'I', '*',  0,    8, 0, 0, 0, 2, 0,
       0x0f, 0x01, 2, 0,  1,   0,   0,   0,   'A', 0, 0,   0,   0x12, 0x01, 3, 0, 1, 0, 0, 0}};
  GByteArray *exif = g_byte_array_new();
  g_byte_array_append(exif, orders[little], sizeof orders[little]);
  exif->data[little ? EXIF_VALUE : EXIF_VALUE + 1] = number;
  return exif;
}

/* A file of `page` with that behind its mark. */
static GBytes *jpeg_new(PIX *page, const GByteArray *exif) {
  l_uint8 *data = NULL;
  size_t size = 0;
  g_assert_cmpint(pixWriteMemJpeg(&data, &size, page, 90, 0), ==, 0);
  GByteArray *jpeg = g_byte_array_new();
  g_byte_array_append(jpeg, data, 2);
  g_byte_array_append(jpeg, exif->data, exif->len);
  g_byte_array_append(jpeg, data + 2, (guint)(size - 2));
  lept_free(data);
  return g_byte_array_free_to_bytes(jpeg);
}

/* As it is stored by a camera that was held so (the inverse of what the number asks for). */
static PIX *stored(PIX *page, guint number) {
  static const int quarters[] = {0, 0, 0, 2, 2, 1, 3, 3, 1};
  static const gboolean mirrored[] = {FALSE, FALSE, TRUE, FALSE, TRUE, TRUE, FALSE, TRUE, FALSE};
  PIX *turned = pixRotateOrth(page, quarters[number]);
  if (mirrored[number]) pixFlipLR(turned, turned);
  return turned;
}

static void test_held_in_any_way(void) {
  PIX *page = page_new();
  for (guint8 number = 1; number <= 8; number++) {
    PIX *turned = stored(page, number);
    g_autoptr(GByteArray) exif = exif_new(number, number % 2);
    g_autoptr(GBytes) jpeg = jpeg_new(turned, exif);
    g_autofree char *got = read_bytes(jpeg);
    g_test_message("orientation %u", number);
    assert_read(got);
    pixDestroy(&turned);
  }
  pixDestroy(&page);
}

static void test_exif(void) {
  static const struct {
    guint at;
    guint8 value;
  } faults[] = {{3, 16},   {2, 255}, {4, 88}, {10, 88}, {14, 255},
                {17, 255}, {35, 4},  {39, 2}, {41, 9},  {41, 0}};
  for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
    g_autoptr(GByteArray) exif = exif_new(6, FALSE);
    exif->data[faults[i].at] = faults[i].value;
    g_byte_array_prepend(exif, (const guint8 *)"\xff\xd8", 2);
    ScanTurn how = scan_exif_turn(exif->data, exif->len);
    if (how.quarters || how.mirror) g_test_fail_printf("row %u is believed", i);
  }
}

static void test_exif_cut(void) {
  g_autoptr(GByteArray) exif = exif_new(6, TRUE);
  g_byte_array_prepend(exif, (const guint8 *)"\xff\xd8", 2);
  g_assert_cmpint(scan_exif_turn(exif->data, exif->len).quarters, ==, 1);
  for (gsize size = 0; size < exif->len; size++) {
    g_autofree guint8 *cut = g_memdup2(exif->data, size); /* so that reading beyond is seen */
    g_assert_cmpint(scan_exif_turn(cut, size).quarters, ==, 0);
  }
}

/* ---- pages on a table ---- */

enum { TABLE_WIDTH = 2100, TABLE_HEIGHT = 2900, TABLE_GREY = 45 };

typedef struct {
  float x[4], y[4]; /* of its corners: left above, right above, right below, left below */
} Place;

/* `page` where it lies on a dark table, as a camera sees it. */
static PIX *photograph(PIX *page, const Place *place) {
  PIX *table = pixCreate(TABLE_WIDTH, TABLE_HEIGHT, 8);
  PTA *from = ptaCreate(4), *to = ptaCreate(4);
  float width = (float)pixGetWidth(page), height = (float)pixGetHeight(page);
  const float x[] = {0, width, width, 0}, y[] = {0, 0, height, height};
  for (int i = 0; i < 4; i++) {
    ptaAddPt(from, x[i], y[i]);
    ptaAddPt(to, place->x[i], place->y[i]);
  }
  pixRasterop(table, 0, 0, (int)width, (int)height, PIX_SRC, page, 0, 0);
  PIX *seen = pixProjectivePta(table, to, from, L_BRING_IN_BLACK);
  pixMultConstantGray(seen, 0.7f);
  pixAddConstantGray(seen, TABLE_GREY);
  PIX *photo = pixAddGaussianNoise(seen, 4);
  ptaDestroy(&from);
  ptaDestroy(&to);
  pixDestroy(&table);
  pixDestroy(&seen);
  return photo;
}

static void test_photographed_at_an_angle(void) {
  static const Place places[] = {
      {{420, 1750, 1960, 180}, {260, 380, 2700, 2580}}, /* from below, turned */
      {{150, 1900, 1700, 400}, {300, 200, 2500, 2650}},
      {{300, 1900, 1800, 200}, {150, 500, 2700, 2300}},
  };
  PIX *page = page_new();
  for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
    PIX *photo = photograph(page, &places[i]);
    g_test_message("place %u", i);
    g_autofree char *got = read_picture(photo);
    assert_read(got);
    pixDestroy(&photo);
  }
  pixDestroy(&page);
}

static PIX *askew_on_black(PIX *page) {
  return pixRotate(page, 0.03f, L_ROTATE_AREA_MAP, L_BRING_IN_BLACK, 0, 0); /* its corners cut */
}

static PIX *with_banner(PIX *page) {
  PIX *made = pixCopy(NULL, page);
  pixRasterop(made, 0, 0, WIDTH, HEIGHT / 4, PIX_CLR, NULL, 0, 0);
  return made;
}

static PIX *with_rim(PIX *page) {
  return pixAddBorder(page, 12, 0);
}

static PIX *far_away(PIX *page) {
  return photograph(page, &(Place){{600, 1500, 1500, 600}, {800, 850, 2000, 2000}});
}

static PIX *cut_by_the_picture(PIX *page) {
  return photograph(page, &(Place){{-200, 2300, 2300, -200}, {400, 300, 2500, 2600}});
}

static PIX *folded(PIX *page) {
  PIX *made = pixCopy(NULL, page);
  pixRasterop(made, WIDTH / 2, 0, WIDTH / 2, HEIGHT / 3, PIX_CLR, NULL, 0, 0);
  PIX *photo = photograph(made, &(Place){{420, 1750, 1960, 180}, {260, 380, 2700, 2580}});
  pixDestroy(&made);
  return photo;
}

/* A hand lies on it. */
static PIX *held_down(PIX *page) {
  PIX *made = pixCopy(NULL, page);
  pixRasterop(made, WIDTH / 2, HEIGHT / 3, WIDTH / 2, HEIGHT / 4, PIX_CLR, NULL, 0, 0);
  PIX *photo = photograph(made, &(Place){{420, 1750, 1960, 180}, {260, 380, 2700, 2580}});
  pixDestroy(&made);
  return photo;
}

static PIX *dark_page(PIX *page) {
  return pixInvert(NULL, page);
}

static PIX *as_it_is(PIX *page) {
  return pixCopy(NULL, page);
}

/* What is no photograph of one page on a table is not touched. */
static void test_others_are_left_alone(void) {
  static const struct {
    const char *what;
    PIX *(*make)(PIX *page);
  } others[] = {{"as it is", as_it_is},  {"askew on black", askew_on_black},
                {"banner", with_banner}, {"rim", with_rim},
                {"far away", far_away},  {"cut by the picture", cut_by_the_picture},
                {"folded", folded},      {"held down", held_down},
                {"dark page", dark_page}};
  PIX *page = page_new();
  for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
    PIX *picture = others[i].make(page), *flat = scan_flatten(picture);
    if (flat) g_test_fail_printf("%s is changed", others[i].what);
    pixDestroy(&flat);
    pixDestroy(&picture);
  }
  pixDestroy(&page);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GError) error = NULL;
  wire__limits__init(&limits);
  wire_limits_default(&limits);
  if (!scan_read_start(&error)) {
    g_print("1..0 # SKIP %s\n", error->message);
    return 0;
  }
  g_test_add_func("/scan/upright", test_upright);
  g_test_add_func("/scan/askew", test_askew);
  g_test_add_func("/scan/turned", test_turned);
  g_test_add_func("/scan/places", test_words_know_their_places);
  g_test_add_func("/scan/shown", test_a_turned_page_is_shown_upright);
  g_test_add_func("/scan/boxes", test_boxes_are_no_letters);
  g_test_add_func("/scan/rules", test_rules_with_gaps);
  g_test_add_func("/scan/logo", test_a_logo_says_nothing);
  g_test_add_func("/scan/pixels", test_pixels_are_bounded_before_they_are_unpacked);
  g_test_add_func("/scan/broken", test_broken_pictures);
  g_test_add_func("/scan/tiff", test_each_page_of_a_tiff);
  g_test_add_func("/scan/painted", test_pixels_of_a_painted_page);
  g_test_add_func("/scan/photo", test_photo);
  g_test_add_func("/scan/photo/upright", test_photo_upright_as_the_file_says);
  g_test_add_func("/scan/photo/pixels", test_photo_is_bounded_before_it_is_decoded);
  g_test_add_func("/scan/photo/grows", test_photo_that_grows_is_damaged);
  g_test_add_func("/scan/photo/larger", test_photo_larger_than_its_box_says);
  g_test_add_func("/scan/photo/cut", test_photo_cut);
  g_test_add_func("/scan/photo/gaps", test_photo_with_gaps_is_damaged);
  g_test_add_func("/scan/photo/wrong", test_photo_with_any_byte_wrong);
  g_test_add_func("/scan/exif/held", test_held_in_any_way);
  g_test_add_func("/scan/exif/faults", test_exif);
  g_test_add_func("/scan/exif/cut", test_exif_cut);
  g_test_add_func("/scan/table/angle", test_photographed_at_an_angle);
  g_test_add_func("/scan/table/others", test_others_are_left_alone);
  return g_test_run();
}
