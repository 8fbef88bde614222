/* extract_fixture - whole messages to participants, kind and doubts, by tables.
 *
 * A row's `people` is "field=value, …" in the order of the event, a participant a semicolon;
 * "?field" is required and missing. `doubt` is a part of the first review reason; NULL: none. */
#pragma once
#include "parsers/extract.h"
#include "tests/parsers/event_fixture.h"

typedef struct {
  const char *header, *body;
  MailKind kind;
  const char *people;
  const char *doubt;
} Row;

#define MARIE "From: Marie Durand <marie@ville.example>\nSubject: Re: la fête des jardins\n"
#define QUOTED                                                                                     \
  "\nLe 3 mars 2031 à 10:00, Comité des Jardins <fete@jardins.example> a écrit :\n"             \
  "> Nous vous invitons à la grande fête des jardins de printemps.\n"                            \
  "> Elle aura lieu au parc municipal, le premier dimanche d'avril.\n"                             \
  "> Merci de renvoyer le bulletin ci-dessous avant la fin du mois de mars.\n"                     \
  "> BULLETIN DES JARDINS\n"
#define FORM                                                                                       \
  "Organisme : Ville de Sète\nNom : DURAND\nPrénom : Marie\nCourriel : m.d@sete.example\n"
#define BLANK                                                                                       \
  "> Organisme : ..........\n> Nom : ..........\n> Prénom : ..........\n> Courriel : ..........\n" \
  "> Viendra à la fête : ☐ Oui ☐ Non\n"
#define MARIE_VALUES "body=Ville de Sète, last=DURAND, first=Marie, email=m.d@sete.example"

typedef struct {
  Wire__Setup setup;
  Wire__Limits limits;
  Wire__Event *events[1];
} Fixture;

static inline Extractor *extractor_of(Fixture *fixture) {
  wire__setup__init(&fixture->setup);
  wire__limits__init(&fixture->limits);
  wire_limits_default(&fixture->limits);
  fixture->events[0] = (Wire__Event *)fixture_event();
  fixture->setup.limits = &fixture->limits;
  fixture->setup.events = fixture->events;
  fixture->setup.n_events = 1;
  return extractor_new(&fixture->setup, NULL);
}

static inline Extraction *read_mail(const Extractor *extractor, const char *header,
                                    const char *body) {
  g_autofree char *raw = g_strconcat(header,
                                     strstr(header, "Content-Type") ? "\n"
                                                                    : "Content-Type: text/plain; "
                                                                      "charset=utf-8\n\n",
                                     body, NULL);
  Wire__Request request = WIRE__REQUEST__INIT;
  request.message.data = (guint8 *)raw;
  request.message.len = strlen(raw);
  request.want_text = request.want_lines = TRUE;
  return extract(extractor, &request);
}

static inline char *people_of(const Extraction *extraction) {
  GString *out = g_string_new(NULL);
  for (guint p = 0; p < extraction->participants->len; p++) {
    const Participant *person = extraction->participants->pdata[p];
    const char *gap = p ? "; " : "";
    for (gsize f = 0; f < fixture_event()->n_fields; f++) {
      const FieldValue *value = participant_value(person, fixture_event()->fields[f]->name);
      if (!value) continue;
      g_string_append_printf(out, "%s%s=%s", gap, value->field, value->value);
      gap = ", ";
    }
    for (guint i = 0; i < person->missing->len; i++, gap = ", ")
      g_string_append_printf(out, "%s?%s", gap, (char *)person->missing->pdata[i]);
  }
  return g_string_free(out, FALSE);
}

static inline void check_rows(const Row *rows, gsize n) {
  Fixture fixture;
  g_autoptr(Extractor) extractor = extractor_of(&fixture);
  for (gsize i = 0; i < n; i++) {
    const Row *row = &rows[i];
    g_autoptr(Extraction) found =
        read_mail(extractor, row->header ? row->header : MARIE, row->body);
    g_autofree char *people = people_of(found);
    const char *doubt = found->review_reasons->len ? found->review_reasons->pdata[0] : NULL;
    if (found->kind != row->kind || strcmp(people, row->people) != 0 || !doubt != !row->doubt ||
        (doubt && !strstr(doubt, row->doubt)))
      g_test_fail_printf("'%s': %s '%s' (%s), not %s '%s' (%s)", row->body,
                         mail_kind_name(found->kind), people, doubt, mail_kind_name(row->kind),
                         row->people, row->doubt);
  }
}
