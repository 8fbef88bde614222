/* test_form - labels to what was written for them: one body, its entries as "field=value".
 *
 * An empty answer is "field="; a row, column or number stands before the field ("r1 last=…"). */
#include "parsers/form.h"

#include "parsers/signature.h"
#include "tests/parsers/event_fixture.h"

static void append_entry(GString *out, const FormEntry *entry) {
  g_string_append(out, out->len ? " | " : "");
  if (entry->row) g_string_append_printf(out, "r%u ", entry->row);
  if (entry->column > 1) g_string_append_printf(out, "c%u ", entry->column);
  if (entry->number) g_string_append_printf(out, "n%d ", entry->number);
  if (entry->pattern) g_string_append(out, "pattern ");
  if (entry->signature) g_string_append(out, "signature ");
  for (guint i = 0; i < entry->label->n_fields; i++)
    g_string_append_printf(out, "%s%s", i ? "+" : "",
                           fixture_event()->fields[entry->label->fields[i]]->name);
  g_autofree char *raw = g_strdelimit(g_strdup(entry->raw), "\n", '/');
  g_string_append_printf(out, "=%s", raw);
}

static char *entries_of(const char *body) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  g_autofree char *raw = g_strconcat("From: Marie Durand <marie@ville.example>\n"
                                     "Content-Type: text/plain; charset=utf-8\n\n",
                                     body, NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, strlen(raw));
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  QuotePeople people = {"marie@ville.example", "Marie Durand", NULL, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  signature_mark(text, "Marie Durand");
  g_autoptr(Rules) rules = rules_new(fixture_event(), &limits, NULL);
  g_autoptr(Form) form = form_read(rules, text, quote);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < form->entries->len; i++)
    append_entry(out, &g_array_index(form->entries, FormEntry, i));
  return g_string_free(out, FALSE);
}

typedef struct {
  const char *body, *entries;
} Row;

static void check_rows(const Row *rows, gsize n) {
  for (gsize i = 0; i < n; i++) {
    g_autofree char *found = entries_of(rows[i].body);
    if (strcmp(found, rows[i].entries) != 0)
      g_test_fail_printf("'%s': '%s', not '%s'", rows[i].body, found, rows[i].entries);
  }
}

static void test_lines(void) {
  static const Row rows[] = {
      {"Nom : DURAND\n", "last=DURAND"},
      {"Nom: DURAND\n", "last=DURAND"},
      {"Nom = DURAND\n", "last=DURAND"},
      {"Nom -> DURAND\n", "last=DURAND"},
      {"Nom :: DURAND\n", "last=DURAND"},
      {"*Nom :* DURAND\n", "last=DURAND"},
      {"- Nom : DURAND\n", "last=DURAND"},
      {"1. Nom : DURAND\n", "last=DURAND"},
      {"a) Nom : DURAND\n", "last=DURAND"},
      {"Nom (obligatoire) : DURAND\n", "last=DURAND"},
      {"Nom* : DURAND\n", "last=DURAND"},
      {"Mon nom : DURAND\n", "last=DURAND"},
      {"Nom ....... DURAND\n", "last=....... DURAND"},
      {"Nom ....... : DURAND\n", "last=DURAND"},
      {"Nom : DURAND Prénom : Marie\n", "last=DURAND | first=Marie"},
      {"Nom : DURAND / Prénom : Marie\n", "last=DURAND | first=Marie"},
      {"【氏名】山田 太郎\n", "last+first=山田 太郎"},
      {"■団体名：熊本市\n■氏名：山田\n■出欠：出席\n", "body=熊本市 | last+first=山田 | comes=出席"},
      {"Nom : \nPrénom : Marie\n", "last= | first=Marie"},
      {"Nom : .......\n", "last="},
      {"Viendra ? Oui\n", "comes=Oui"},
      {"Téléphone : 06 12 34 56 78\n", "phone=06 12 34 56 78"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_doubtful_labels(void) {
  static const Row rows[] = {
      /* a space alone is believed among others */
      {"Nom DURAND\nPrénom Marie\nVille Sète\n", "last=DURAND | first=Marie | town=Sète"},
      {"Ville de Sète\n2 rue Haute\n", ""},
      {"Nom - DURAND\nPrénom - Marie\nVille - Sète\n", "last=DURAND | first=Marie | town=Sète"},
      {"Nom : DURAND\nOrganisme : Ville de Sète\nFonction : Maire\n",
       "last=DURAND | body=Ville de Sète | office=Maire"},
      {"Merci de m'envoyer par courriel : le plan\n", ""},
      {"Nom de votre organisme : Sète\nNom : DURAND\nPrénom : Marie\n",
       "body=Sète | last=DURAND | first=Marie"},
      {"Souhaits : Ville : un parc\nNom : DURAND\n", "wishes=Ville : un parc | last=DURAND"},
      {"Ne viendra pas à la fête : x\n", "pattern comes=Ne viendra pas"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_tables(void) {
  static const Row rows[] = {
      {"Nom\tDURAND\nPrénom\tMarie\n", "last=DURAND | first=Marie"},
      {"Nom :\tDURAND\tPrénom :\tMarie\n", "last=DURAND | first=Marie"},
      {"Organisme\tVille de Sète\nNom\tDURAND\n", "body=Ville de Sète | last=DURAND"},
      {"Nom\t\nPrénom\tMarie\n", "last= | first=Marie"},
      {"Viendra\t☐ Oui\t☒ Non\n", "comes=☐ Oui\t☒ Non"},
      {"Nom\tPrénom\tCourriel\nDURAND\tMarie\tm@x.example\nPETIT\tPaul\t\n",
       "r1 last=DURAND | r1 first=Marie | r1 email=m@x.example | r2 last=PETIT | r2 first=Paul | "
       "r2 email="},
      {"Nom\tDURAND\tPETIT\nPrénom\tMarie\tPaul\n",
       "last=DURAND | c2 last=PETIT | first=Marie | c2 first=Paul"},
      {"| Nom | DURAND |\n", "last=DURAND"},
      {"Nom 1 : DURAND\nNom 2 : PETIT\n", "n1 last=DURAND | n2 last=PETIT"},
      {"Code postal :\t34200 Ville :\tSète\n", "code=34200 | town=Sète"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_below(void) {
  static const Row rows[] = {
      {"Nom\n    DURAND\nPrénom\n    Marie\n", "last=DURAND | first=Marie"},
      {"Nom :\nDURAND\nPrénom :\nMarie\nVille :\nSète\nCourriel :\nm@x.example\n",
       "last=DURAND | first=Marie | town=Sète | email=m@x.example"},
      {"Nom : DURAND\nPrénom : Marie\nSouhaits :\nMarie Durand\n",
       "last=DURAND | first=Marie | wishes="},
      {"Viendra :\n☒ Oui\n☐ Non\n", "comes=☒ Oui/☐ Non"},
      {"Viendra :\n- Oui : X\n- Non :\n", "comes=- Oui : X/- Non :"},
      {"☒ Je viendrai\n☐ Je ne viendrai pas\n", "comes=☒ Je viendrai/☐ Je ne viendrai pas"},
      {"Adresse : Mairie\n2 rue Haute\n34200 Sète\nCourriel : m@x.example\n",
       "street=Mairie/2 rue Haute/34200 Sète | email=m@x.example"},
      {"Souhaits : une très longue phrase que le programme de courriel a coupée\nen "
       "deux\n\nMarie\n",
       "wishes=une très longue phrase que le programme de courriel a coupée en deux"},
      {"Souhaits :\nCordialement\n", "wishes="},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_between_quoted_lines(void) {
  static const Row rows[] = {
      {"> Nom : ......\n\nDURAND\n\n> Prénom : ......\n\nMarie\n\n> Viendra : ☐ Oui ☐ "
       "Non\n\nOui\n\n"
       "> Merci\n",
       "last=DURAND | first=Marie | comes=Oui"},
      {"> Nom : ......\n> Prénom : ......\n\nMerci de votre invitation\n", "last= | first="},
      {"> Nom : ......\n\nDURAND\n\n> Tél : ......\n\n06 67 12 04 70\n\n> 12/04 : ......"
       "\n\nOui\n\n> Merci\n",
       "last=DURAND | phone=06 67 12 04 70 | comes=Oui"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_signature(void) {
  static const Row rows[] = {
      {"Nom : DURAND\n\nCordialement\nMarie\nTél : 06\n", "last=DURAND | signature phone=06"},
      {"Cordialement\n\nNom : DURAND\nPrénom : Marie\nVille : Sète\nCourriel : "
       "m@x.example\nViendra "
       ": Oui\n",
       "last=DURAND | first=Marie | town=Sète | email=m@x.example | comes=Oui"},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_place(void) {
  Wire__Limits limits = WIRE__LIMITS__INIT;
  wire_limits_default(&limits);
  static const char raw[] = "From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n"
                            "Bonjour\n- Prénom : Éloïse  Nom : DURAND\n";
  g_autoptr(GBytes) bytes = g_bytes_new_static(raw, sizeof raw - 1);
  g_autoptr(MimeMail) mail = mime_read(bytes, &limits);
  g_autoptr(Text) text = text_read(mail, &limits, NULL);
  QuotePeople people = {"a@b.example", "", NULL, fixture_event(), NULL};
  g_autoptr(Quote) quote = quote_mark(text, mail, &people);
  g_autoptr(Rules) rules = rules_new(fixture_event(), &limits, NULL);
  g_autoptr(Form) form = form_read(rules, text, quote);
  g_assert_cmpuint(form->entries->len, ==, 2);
  static const char *const values[] = {"Éloïse", "DURAND"};
  for (guint i = 0; i < 2; i++) {
    const FormEntry *entry = &g_array_index(form->entries, FormEntry, i);
    const TextLine *line = text->lines->pdata[entry->line];
    g_autofree char *part = g_strndup(line->text + entry->start, entry->end - entry->start);
    g_assert_cmpuint(entry->line, ==, 1);
    g_assert_cmpstr(part, ==, values[i]);
  }
}

/* Labels that nobody foresaw, where the value can be nothing else. */
static void test_guesses(void) {
#define AMONG(line) "Organisme : Sète\n" line "\nCourriel : m@sete.example\n"
#define FOUND(entry) "body=Sète | " entry "email=m@sete.example"
  static const Row rows[] = {
      {AMONG("Élue invitée : Mme Marie DURAND"), FOUND("last=Mme Marie DURAND | ")},
      {AMONG("Élue invitée : Marie DURAND"), FOUND("")},
      /* there is a label for names: what has a title may be anybody */
      {AMONG("Nom : PETIT\nÉlue invitée : Mme Marie DURAND"), FOUND("last=PETIT | ")},
      {AMONG("Courrier : 1 rue Haute, 34200 Sète"), FOUND("street=1 rue Haute, 34200 Sète | ")},
      {AMONG("Boîte : 1 rue Haute"), FOUND("")},
      {AMONG("A la fête des jardins : Oui"), FOUND("comes=Oui | ")},
      {AMONG("Repas : Oui"), FOUND("")},
      /* one of ours but for a slip */
      {AMONG("foncion => maire"), FOUND("office=maire | ")},
      {AMONG("foncion du conjoint => maire"), FOUND("")},
      /* outside of a form */
      {"Élue invitée : Mme Marie DURAND\n\nBonjour\n", ""},
  };
  check_rows(rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/form/lines", test_lines);
  g_test_add_func("/form/doubtful-labels", test_doubtful_labels);
  g_test_add_func("/form/tables", test_tables);
  g_test_add_func("/form/below", test_below);
  g_test_add_func("/form/between-quoted-lines", test_between_quoted_lines);
  g_test_add_func("/form/signature", test_signature);
  g_test_add_func("/form/place", test_place);
  g_test_add_func("/form/guesses", test_guesses);
  return g_test_run();
}
