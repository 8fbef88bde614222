/* test_speed - reading takes time in proportion to the text, and a million characters little of it.
 *
 * Each row is a body of one shape, read with the shipped event at two lengths. What one machine
 * does in 50 ms another does in 200: the bound grows with the time of plain work on text measured
 * beside it. Under sanitizers, and without optimisation, the proportion alone is looked at,
 * loosely. */
#include <glib.h>
#include <time.h>

#include "daemon/event.h"
#include "parsers/extract.h"

enum {
  CHARACTERS = 1000000,
  SHARE = 4, /* the shorter body is a quarter of it */
  READINGS = 5,
  ATTEMPTS = 6,    /* other work on the machine, its caches and its clock, is no fault of ours */
  MOST_US = 60000, /* for the million characters: 50 ms, and a fifth for the clock */
  GROWTH_MOST = 6, /* times the quarter's time */
  NOISE_US = 2000, /* of the clock and the caches */
  YARDSTICK_US = 21500, /* slowness() where MOST_US was set */
  LOOSE_CHARACTERS = 200000,
  LOOSE_GROWTH_MOST = 10
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
static const gboolean exact = FALSE;
#else
static const gboolean exact = TRUE;
#endif

typedef struct {
  const char *name, *type, *head, *unit;
} Shape;

#define FORM                                                                                       \
  "Collectivité : Ville de Tours\nCivilité : ☐ Mme   ☒ M.\nNom : DURAND\nPrénom : Paul\n"   \
  "Fonction : Maire\nAdresse : 1 rue de la Paix\nCode postal : 37000\nVille : Tours\n"             \
  "Téléphone : 02 47 00 00 00\nCourriel : p.durand@example.org\n"                                \
  "Participera à la réunion du 3 juillet : ☒ Oui   ☐ Non\nRemarques :\n\n"

static const Shape shapes[] = {
    {"prose", "text/plain", "",
     "Nous avons bien reçu votre invitation et nous vous en remercions vivement.\n"},
    {"sentences", "text/plain", "", "Je participerai à la réunion du comité de pilotage. "},
    {"labels", "text/plain", "", "Nom : Durand\n"},
    {"labels in a line", "text/plain", "", "Nom : Durand "},
    {"form", "text/plain", "", FORM},
    {"one line", "text/plain", "", "a"},
    {"words", "text/plain", "", "Ville de la rue nom "},
    {"quoted blank", "text/plain", "", "> Nom : ......\n"},
    {"quote marks", "text/plain", "", "> "},
    {"dots", "text/plain", "", "."},
    {"colons", "text/plain", "", "a : "},
    {"tabs", "text/plain", "", "\t"},
    {"empty lines", "text/plain", "", "\n"},
    {"lines of a letter", "text/plain", "", "a\n"},
    {"phone numbers", "text/plain", "", "+33 2 47 00 00 00 "},
    {"addresses", "text/plain", "", "p.durand@example.org, "},
    {"ideographs", "text/plain", "", "山田太郎は参加しますナゴヤ"},
    {"bullets", "text/plain", "", "- le maire de la commune, et ses adjoints\n"},
    {"names in capitals", "text/plain", "", "MARIE DURAND "},
    {"decomposed accents", "text/plain", "", "Re\u0301union du comite\u0301 "},
    {"marks on a letter", "text/plain", "e", "\u0301\u0316"},
    {"attributions", "text/plain", "", "Le 3 juin 2019 Marie a écrit :\n"},
    {"brackets", "text/plain", "", "([<"},
    {"nested divisions", "text/html", "", "<div>"},
    {"nested tables", "text/html", "", "<table><tr><td>x"},
    {"tags", "text/html", "", "<b>x</b> "},
    {"rows", "text/html", "<table>", "<tr><td>Nom</td><td>Durand</td></tr>\n"},
    {"ticks", "text/plain", "", "☒ Je participerai\n☐ Je ne participerai pas\n"},
    {"cells with a box", "text/html", "<table><tr>", "<td>☐"},
    {"alternatives", "text/plain", "Participera : ", "oui / non "},
    {"cells", "text/html", "<table>", "<tr><td>x<td>y"},
    {"capitals", "text/plain", "", "JEAN "},
    {"names", "text/plain", "", "Monsieur Jean Dupont, maire de Tours, "},
    {"entities", "text/html", "", "&eacute;&"},
    {"open comments", "text/html", "", "<!--"},
};

/* Known to take more: each line is looked at for answers, or is a row. */
static const char *const dear[] = {"ticks", "cells", NULL};

static GString *mail_new(const Shape *shape, guint characters) {
  GString *mail = g_string_new("From: Marie Durand <marie@example.org>\r\n"
                               "To: fair@example.test\r\nSubject: Bulletin\r\n"
                               "Message-ID: <speed@example.org>\r\nMIME-Version: 1.0\r\n");
  g_string_append_printf(mail,
                         "Content-Type: %s; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: 8bit\r\n\r\n%s",
                         shape->type, shape->head);
  glong unit = g_utf8_strlen(shape->unit, -1);
  for (glong n = 0; n < (glong)characters; n += unit) g_string_append(mail, shape->unit);
  return mail;
}

/* Processor time of this thread, in microseconds: what other processes take is not counted. */
static gint64 spent_us(void) {
  struct timespec now;
  g_assert_cmpint(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), ==, 0);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* The shortest of the readings' times, in microseconds. */
static gint64 time_us(const Extractor *extractor, const GString *mail) {
  gint64 shortest = G_MAXINT64;
  guint readings = exact ? READINGS : 1;
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (guint8 *)mail->str;
  request.message.len = mail->len;
  for (guint i = 0; i < readings; i++) {
    gint64 start = spent_us();
    extraction_free(extract(extractor, &request));
    shortest = MIN(shortest, spent_us() - start);
  }
  return shortest;
}

/* How many times longer this machine takes, just now, than the one where the bound was set. What it
 * is measured by is letters, tables and memory, as reading is: some processors are quick at digests
 * alone. */
static double slowness(void) {
  static const char line[] = "Réunion du comité de pilotage, le 3 juillet\n";
  gint64 shortest = G_MAXINT64;
  for (guint i = 0; i < READINGS; i++) {
    gint64 start = spent_us();
    for (gsize done = 0; done < CHARACTERS; done += sizeof line) {
      g_autofree char *normal = g_utf8_normalize(line, -1, G_NORMALIZE_NFC);
      g_free(g_utf8_casefold(normal, -1));
    }
    shortest = MIN(shortest, spent_us() - start);
  }
  return MAX((double)shortest / YARDSTICK_US, 1.0);
}

static gboolean is_quick(const Extractor *extractor, const Shape *shape, gboolean last) {
  guint characters = exact ? CHARACTERS : LOOSE_CHARACTERS;
  g_autoptr(GString) part = mail_new(shape, characters / SHARE);
  g_autoptr(GString) whole = mail_new(shape, characters);
  double slow = slowness();
  gint64 quarter = time_us(extractor, part), all = time_us(extractor, whole);
  gint64 growth = exact ? GROWTH_MOST : LOOSE_GROWTH_MOST;
  double most = g_strv_contains(dear, shape->name) ? MOST_US * 2 : MOST_US;
  gboolean linear = all <= growth * quarter + (gint64)(NOISE_US * slow);
  gboolean quick = !exact || (double)all < most * slow;
  if (!linear && last) g_test_message("%s: more than linear", shape->name);
  if ((linear && quick) || last)
    g_test_message("%-20s %6.1f ms, a quarter %6.1f ms, machine %.2f", shape->name,
                   (double)all / 1000, (double)quarter / 1000, slow);
  return linear && quick;
}

static void test_speed(void) {
  g_autoptr(GPtrArray) problems = g_ptr_array_new();
  g_autoptr(Event) event = event_load(SOURCE_DIR "/contrib/events/copil-2019.yaml", problems);
  g_assert_nonnull(event);
  Wire__Setup setup = WIRE__SETUP__INIT;
  setup.events = &event->rules;
  setup.n_events = 1;
  g_autoptr(Extractor) extractor = extractor_new(&setup, problems);
  g_assert_cmpuint(problems->len, ==, 0);
  if (!exact) g_test_message("not an optimised build: times are not compared with the bound");
  for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
    gboolean quick = FALSE;
    for (guint n = 1; n <= ATTEMPTS && !quick; n++)
      quick = is_quick(extractor, &shapes[i], n == ATTEMPTS);
    if (!quick) g_test_fail_printf("%s takes too long", shapes[i].name);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/speed/body", test_speed);
  return g_test_run();
}
