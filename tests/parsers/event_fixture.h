/* event_fixture - an event of the tests' own: a garden fair with labels in three languages.
 *
 * Static data, so that nothing need be freed; `fixture_event` hands out the same one each time. */
#pragma once
#include <string.h>

#include "parsers/rules.h"

/* Indexes of the fields below. */
enum {
  F_BODY,
  F_TITLE,
  F_LAST,
  F_FIRST,
  F_OFFICE,
  F_STREET,
  F_CODE,
  F_TOWN,
  F_PHONE,
  F_EMAIL,
  F_COMES,
  F_WISHES,
  F_GUESTS,
  F_ARRIVAL,
  N_FIELDS
};

typedef struct {
  const char *name, *type, *role;
  gboolean required;
  const char *labels[10]; /* language, text, language, text, … */
} FixtureRow;

static const FixtureRow fixture_rows[N_FIELDS] = {
    [F_BODY] = {"body",
                "text",
                "organization",
                TRUE,
                {"fr", "Organisme", "fr", "Nom de l'organisme", "en", "Organisation", "ja",
                 "団体名"}},
    [F_TITLE] = {"title", "choice", "title", FALSE, {"fr", "Civilité", "en", "Title"}},
    [F_LAST] = {"last",
                "name",
                "last_name",
                TRUE,
                {"fr", "Nom", "fr", "Nom et prénom", "fr", "Prénom et nom", "en", "Last name", "ja",
                 "氏名"}},
    [F_FIRST] = {"first",
                 "name",
                 "first_name",
                 TRUE,
                 {"fr", "Prénom", "fr", "Nom et prénom", "fr", "Prénom et nom", "en", "First name",
                  "ja", "氏名"}},
    [F_OFFICE] = {"office", "text", "function", FALSE, {"fr", "Fonction", "en", "Title"}},
    [F_STREET] =
        {"street", "text", "street", FALSE, {"fr", "Adresse", "en", "Address", "ja", "住所"}},
    [F_CODE] = {"code",
                "postal_code",
                "postal_code",
                FALSE,
                {"fr", "Code postal", "fr", "CP / Ville", "ja", "郵便番号"}},
    [F_TOWN] = {"town", "city", "city", FALSE, {"fr", "Ville", "fr", "CP / Ville", "en", "City"}},
    [F_PHONE] = {"phone",
                 "phone",
                 "phone",
                 FALSE,
                 {"fr", "Téléphone", "fr", "Tél", "en", "Phone", "ja", "電話"}},
    [F_EMAIL] = {"email",
                 "email",
                 "email",
                 TRUE,
                 {"fr", "Courriel", "fr", "Mail", "en", "E-mail", "ja", "メール"}},
    [F_COMES] = {"comes",
                 "choice",
                 "attendance",
                 TRUE,
                 {"fr", "Viendra à la fête", "fr", "Viendra", "en", "Will come", "ja", "出欠", "fr",
                  "12/04"}},
    [F_WISHES] = {"wishes", "lines", "", FALSE, {"fr", "Souhaits", "en", "Wishes"}},
    [F_GUESTS] = {"guests", "integer", "", FALSE, {"fr", "Nombre d'invités"}},
    [F_ARRIVAL] = {"arrival", "date", "", FALSE, {"fr", "Arrivée"}},
};

static inline void fixture_choices(Wire__Choice *titles[2], Wire__Choice *comes[2]) {
  static Wire__Label *mrs[3], *mr[3], *yes[6], *no[6];
#define KEEP(into, at, lang, words)                                                                \
  do {                                                                                             \
    static Wire__Label label = WIRE__LABEL__INIT;                                                  \
    label.language = (char *)lang;                                                                 \
    label.text = (char *)words;                                                                    \
    into[at] = &label;                                                                             \
  } while (0)
  KEEP(mrs, 0, "fr", "Mme");
  KEEP(mrs, 1, "fr", "Madame");
  KEEP(mrs, 2, "en", "Ms");
  KEEP(mr, 0, "fr", "M.");
  KEEP(mr, 1, "fr", "Monsieur");
  KEEP(mr, 2, "en", "Mr");
  KEEP(yes, 0, "fr", "Oui");
  KEEP(yes, 1, "fr", "Viendra");
  KEEP(yes, 2, "fr", "Je viendrai");
  KEEP(yes, 3, "en", "Yes");
  KEEP(yes, 4, "ja", "出席");
  KEEP(yes, 5, "ja", "出席します");
  KEEP(no, 0, "fr", "Non");
  KEEP(no, 1, "fr", "Ne viendra pas");
  KEEP(no, 2, "fr", "Je ne viendrai pas");
  KEEP(no, 3, "en", "No");
  KEEP(no, 4, "ja", "欠席");
  KEEP(no, 5, "fr", "Absent(e)");
  static Wire__Choice madam = WIRE__CHOICE__INIT, sir = WIRE__CHOICE__INIT;
  static Wire__Choice coming = WIRE__CHOICE__INIT, away = WIRE__CHOICE__INIT;
  madam = (Wire__Choice){madam.base, (char *)"Mme", G_N_ELEMENTS(mrs), mrs};
  sir = (Wire__Choice){sir.base, (char *)"M.", G_N_ELEMENTS(mr), mr};
  coming = (Wire__Choice){coming.base, (char *)"yes", 6, yes};
  away = (Wire__Choice){away.base, (char *)"no", 6, no};
  titles[0] = &madam;
  titles[1] = &sir;
  comes[0] = &coming;
  comes[1] = &away;
}

static inline void fixture_labels(Wire__Field *data, Wire__Field **fields) {
  static Wire__Label labels[N_FIELDS][5], *pointers[N_FIELDS][5];
  for (guint f = 0; f < N_FIELDS; f++) {
    wire__field__init(&data[f]);
    data[f].name = (char *)fixture_rows[f].name;
    data[f].type = (char *)fixture_rows[f].type;
    data[f].role = (char *)fixture_rows[f].role;
    data[f].required = fixture_rows[f].required;
    data[f].max_chars = 200;
    data[f].labels = pointers[f];
    for (guint i = 0; i < 5 && fixture_rows[f].labels[2 * i]; i++) {
      wire__label__init(&labels[f][i]);
      labels[f][i].language = (char *)fixture_rows[f].labels[2 * i];
      labels[f][i].text = (char *)fixture_rows[f].labels[2 * i + 1];
      pointers[f][i] = &labels[f][i];
      data[f].n_labels = i + 1;
    }
    fields[f] = &data[f];
  }
}

static inline void fixture_fields(Wire__Field **fields) {
  static Wire__Field data[N_FIELDS];
  static Wire__Choice *titles[2], *comes[2];
  fixture_choices(titles, comes);
  fixture_labels(data, fields);
  data[F_TITLE].choices = titles;
  data[F_TITLE].n_choices = 2;
  data[F_COMES].choices = comes;
  data[F_COMES].n_choices = 2;
  data[F_GUESTS].maximum = 20;
  static Wire__Pattern without = WIRE__PATTERN__INIT, *patterns[] = {&without};
  without.regex = (char *)"^\\W*(?<comes>ne viendra pas)\\b[^:]*: *x$";
  without.line = 7;
  data[F_COMES].patterns = patterns;
  data[F_COMES].n_patterns = 1;
}

static inline void fixture_words(Wire__Event *event) {
  static char *languages[] = {(char *)"fr", (char *)"en", (char *)"ja"};
  static char *words[] = {(char *)"fête des jardins", (char *)"garden fair"};
  static char *staff[] = {(char *)"Comité des Jardins", (char *)"fete@jardins.example"};
  static char *sent[] = {
      (char *)"BULLETIN DES JARDINS\nOrganisme : ..........\nNom : ..........\nPrénom : "
              "..........\nCourriel : ..........\nViendra à la fête : ☐ Oui ☐ Non\n",
      (char *)"Madame, Monsieur,\nNous vous invitons à la grande fête des jardins de printemps.\n"
              "Elle aura lieu au parc municipal, le premier dimanche d'avril.\n"
              "Merci de renvoyer le bulletin ci-dessous avant la fin du mois de mars.\n"};
  static Wire__Pattern cancel = WIRE__PATTERN__INIT, declines = WIRE__PATTERN__INIT,
                       attends = WIRE__PATTERN__INIT;
  static Wire__Pattern *cancels[] = {&cancel}, *nos[] = {&declines}, *yeses[] = {&attends};
  cancel.regex = (char *)"\\bannuler mon inscription\\b";
  declines.regex = (char *)"\\bne pourrai pas venir\\b|\\bcannot come\\b";
  attends.regex = (char *)"\\bconfirme ma venue\\b|\\bi will come\\b|\\bassistera\\b";
  event->id = (char *)"jardins";
  event->country = (char *)"FR";
  event->languages = languages;
  event->n_languages = G_N_ELEMENTS(languages);
  event->words = words;
  event->n_words = G_N_ELEMENTS(words);
  event->staff = staff;
  event->n_staff = G_N_ELEMENTS(staff);
  event->sent_texts = sent;
  event->n_sent_texts = G_N_ELEMENTS(sent);
  event->cancellation = cancels;
  event->n_cancellation = 1;
  event->attendance_no = nos;
  event->n_attendance_no = 1;
  event->attendance_yes = yeses;
  event->n_attendance_yes = 1;
}

static inline const Wire__Event *fixture_event(void) {
  static Wire__Event event;
  static Wire__Field *fields[N_FIELDS];
  if (event.n_fields) return &event;
  wire__event__init(&event);
  fixture_words(&event);
  fixture_fields(fields);
  event.fields = fields;
  event.n_fields = N_FIELDS;
  return &event;
}
