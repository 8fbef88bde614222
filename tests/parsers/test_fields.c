/* test_fields - value types, by tables of what was written and what is kept. */
#include "parsers/fields/field.h"
#include "tests/parsers/event_fixture.h"

typedef struct {
  guint field;
  const char *raw;
  const char *value; /* NULL: invalid; "": blank */
} Row;

static void check_rows(const Row *rows, gsize n, const char *country) {
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  for (gsize i = 0; i < n; i++) {
    g_test_message("%s: '%s'", fixture_event()->fields[rows[i].field]->name, rows[i].raw);
    FieldContext context = {rules, rows[i].field, country};
    FieldResult result = field_parse(&context, rows[i].raw);
    FieldStatus wanted = !rows[i].value   ? FIELD_INVALID
                         : *rows[i].value ? FIELD_VALID
                                          : FIELD_BLANK;
    g_assert_cmpint(result.status, ==, wanted);
    if (wanted == FIELD_VALID) g_assert_cmpstr(result.value, ==, rows[i].value);
    if (wanted == FIELD_INVALID) g_assert_nonnull(result.reason);
    field_result_clear(&result);
  }
}

static void test_text(void) {
  static const Row rows[] = {
      {F_BODY, "Ville de  Sète", "Ville de Sète"},
      {F_BODY, "....Ville de Sète........", "Ville de Sète"},
      {F_BODY, "Ville de Sète ______", "Ville de Sète"},
      {F_BODY, "..........", ""},
      {F_BODY, " ____ ", ""},
      {F_BODY, "……", ""},
      {F_BODY, "S.A.R.L. Dupont et Cie.", "S.A.R.L. Dupont et Cie."},
      {F_BODY,
       "A\xE2\x80\xAE"
       "B",
       "AB"},
      {F_WISHES, "- des roses\n\n- du thé", "- des roses\n- du thé"},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

static void test_name(void) {
  static const Row rows[] = {
      {F_LAST, "DURAND", "DURAND"},
      {F_LAST, "Mme DURAND", "DURAND"},
      {F_LAST, "de La Tour", "de La Tour"},
      {F_LAST, "M. N'Diaye", "N'Diaye"},
      {F_LAST, "12345", NULL},
      {F_LAST, "-", ""},
      {F_FIRST, "Jean-Pierre", "Jean-Pierre"},
      {F_FIRST, "花子", "花子"},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

static void test_name_doubts(void) {
  static const struct {
    const char *raw;
    gboolean doubt;
  } rows[] = {{"DURAND", FALSE},
              {"Durand et Petit", TRUE},
              {"MM. Durand", TRUE},
              {"Durand <x>", TRUE},
              {"de La Tour", FALSE}};
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  FieldContext context = {rules, F_LAST, "FR"};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("'%s'", rows[i].raw);
    FieldResult result = field_parse(&context, rows[i].raw);
    g_assert_cmpint(result.status, ==, FIELD_VALID);
    g_assert_cmpint(result.doubt != NULL, ==, rows[i].doubt);
    field_result_clear(&result);
  }
}

static void test_split_name(void) {
  static const struct {
    const char *raw;
    int given_first;
    const char *hint, *last, *first;
    gboolean doubt;
  } rows[] = {
      {"DURAND Marie", -1, "", "DURAND", "Marie", FALSE},
      {"Marie DURAND", -1, "", "DURAND", "Marie", FALSE},
      {"LE GALL Anne Sophie", 0, "", "LE GALL", "Anne Sophie", FALSE},
      {"Marie de La Tour", 1, "", "de La Tour", "Marie", FALSE},
      {"Durand, Marie", -1, "", "Durand", "Marie", FALSE},
      {"Durand / Petit", -1, "", "Durand", "Petit", TRUE},
      {"Durand Marie", -1, "Marie Durand", "Durand", "Marie", TRUE},
      {"Durand Marie", 0, "", "Durand", "Marie", FALSE},
      {"山田 太郎", -1, "", "山田", "太郎", FALSE},
      {"Anne Marie Durand", 1, "", "Marie Durand", "Anne", TRUE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *last = NULL, *first = NULL;
    const char *doubt = NULL;
    g_test_message("'%s'", rows[i].raw);
    g_assert_true(
        field_split_name(rows[i].raw, rows[i].given_first, rows[i].hint, &last, &first, &doubt));
    g_assert_cmpstr(last, ==, rows[i].last);
    g_assert_cmpstr(first, ==, rows[i].first);
    g_assert_cmpint(doubt != NULL, ==, rows[i].doubt);
  }
}

static void test_email(void) {
  static const Row rows[] = {
      {F_EMAIL, "Marie@Ville.Example", "marie@ville.example"},
      {F_EMAIL, "<marie@ville.example>", "marie@ville.example"},
      {F_EMAIL, "marie@ville.example<mailto:marie@ville.example>", "marie@ville.example"},
      {F_EMAIL, "ｍａｒｉｅ＠ｖｉｌｌｅ．ｅｘａｍｐｌｅ", "marie@ville.example"},
      {F_EMAIL, "marie @ ville.example.", "marie@ville.example"},
      {F_EMAIL, "marie@ville", NULL},
      {F_EMAIL, "marie chez ville.example", NULL},
      {F_EMAIL, "marié@ville.example", NULL},
      {F_EMAIL, "marie@@ville.example", NULL},
      {F_EMAIL, "éa@ville.example", NULL},
      {F_EMAIL, "a@ville.exampleé", NULL},
      {F_EMAIL, "宛先a@ville.example", "a@ville.example"},
      {F_EMAIL, "«a@ville.example»", "a@ville.example"},
      {F_EMAIL, "marie@-ville.example", NULL},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

static void test_phone(void) {
  static const Row french[] = {
      {F_PHONE, "06 12 34 56 78", "+33612345678"},
      {F_PHONE, "06.12.34.56.78 (bureau)", "+33612345678"},
      {F_PHONE, "+33 (0)6 12 34 56 78", "+33612345678"},
      {F_PHONE, "0033612345678", "+33612345678"},
      {F_PHONE, "(33) 6 12 34 56 78", "+33612345678"},
      {F_PHONE, "06 12 34 56 78 / 01 23 45 67 89", "+33612345678"},
      {F_PHONE, "+81 3-1234-5678", "+81312345678"},
      {F_PHONE, "06 12", NULL},
      {F_PHONE, "+33 6 12 34", NULL},
      {F_PHONE, "+33 6 12 34 56 78 9", NULL},
      {F_PHONE, "+33 0 0 12 34 56 78", NULL},
      {F_PHONE, "612345678", NULL},
      {F_PHONE, "06 12 34 56 78 9", NULL},
  };
  static const Row japanese[] = {
      {F_PHONE, "03-1234-5678", "+81312345678"},
      {F_PHONE, "０９０－１２３４－５６７８", "+819012345678"},
      {F_PHONE, "+33 6 12 34 56 78", "+33612345678"},
  };
  check_rows(french, G_N_ELEMENTS(french), "FR");
  check_rows(japanese, G_N_ELEMENTS(japanese), "JP");
}

static void test_postal(void) {
  static const Row rows[] = {
      {F_CODE, "34200", "34200"}, {F_CODE, "34 200", "34200"},        {F_CODE, "F-34200", "34200"},
      {F_CODE, "3420", NULL},     {F_CODE, "〒100-0001", "100-0001"}, {F_CODE, "99999", NULL},
      {F_TOWN, "Sète", "Sète"},   {F_TOWN, "34200 Sète", "Sète"},     {F_TOWN, "34200", NULL},
  };
  static const Row japanese[] = {{F_CODE, "1000001", "100-0001"},
                                 {F_CODE, "100-0001", "100-0001"},
                                 {F_CODE, "10001", "10001"},
                                 {F_CODE, "100", NULL}};
  static const Row others[] = {{F_CODE, "sw1a 1aa", "SW1A 1AA"}, {F_CODE, "1000", "1000"},
                               {F_CODE, "L-1234", "L-1234"},     {F_CODE, "12", NULL},
                               {F_CODE, "London", NULL},         {F_CODE, "SW1A_1AA", NULL},
                               {F_CODE, "1000 Bruxelles", NULL}};
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
  check_rows(japanese, G_N_ELEMENTS(japanese), "JP");
  check_rows(others, G_N_ELEMENTS(others), "GB");
}

static void test_split_address(void) {
  static const struct {
    const char *raw, *street, *code, *city;
  } rows[] = {
      {"2 rue Haute, 34200 Sète", "2 rue Haute", "34200", "Sète"},
      {"Mairie\n2 rue Haute\n34200 Sète", "Mairie, 2 rue Haute", "34200", "Sète"},
      {"2 rue Haute - 34200 Sète, France", "2 rue Haute", "34200", "Sète"},
      {"2 rue Haute", "2 rue Haute", "", ""},
      {"34200 / Sète", "", "34200", "Sète"},
      {"34200 - Sète", "", "34200", "Sète"},
      {"34200 – Sète", "", "34200", "Sète"},
      {"– Mairie — 34200—Sète", "Mairie", "34200", "Sète"},
      {"– , 34200 Sète –,", "", "34200", "Sète"},
      {"bâtiment A12345 Sud", "bâtiment A12345 Sud", "", ""},
      {"00123 Sète", "00123 Sète", "", ""},
      {"1-2 Hama, Minato, Tokyo 100-0001, Japan", "1-2 Hama", "100-0001", "Minato"},
      {"東京都港区1-2", "東京都港区1-2", "", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *street = NULL, *code = NULL, *city = NULL;
    g_test_message("'%s'", rows[i].raw);
    field_split_address(rows[i].raw, "FR", &street, &code, &city);
    g_assert_cmpstr(street, ==, rows[i].street);
    g_assert_cmpstr(code, ==, rows[i].code);
    g_assert_cmpstr(city, ==, rows[i].city);
  }
}

static void test_choice(void) {
  static const Row rows[] = {
      {F_COMES, "Oui", "yes"},
      {F_COMES, "OUI, avec joie", "yes"},
      {F_COMES, "Non, hélas", "no"},
      {F_COMES, "☒ Oui ☐ Non", "yes"},
      {F_COMES, "☐ Oui ☒ Non", "no"},
      {F_COMES, "Oui ☐ / Non ☒", "no"},
      {F_COMES, "X Oui   Non", "yes"},
      {F_COMES, "● Oui ○ Non", "yes"},
      {F_COMES, "○ Oui ● Non", "no"},
      {F_COMES, "○出席　欠席", "yes"},
      {F_COMES, "- Oui : X\n- Non :", "yes"},
      {F_COMES, "absente", "no"},
      {F_COMES, "☐ Oui ☐ Non", ""},
      {F_COMES, "Oui / Non", ""},
      {F_COMES, "? Oui ? Non", ""},
      {F_COMES, "出席・欠席", ""},
      {F_COMES, "☒ Oui ☒ Non", NULL},
      {F_COMES, "à confirmer", NULL},
      {F_COMES, "Oui sous réserve", NULL},
      {F_COMES, "Oui si je peux", NULL},
      {F_COMES, "Oui ou mon adjoint", NULL},
      {F_COMES, "Oui ?", NULL},
      {F_COMES, "peut-être", NULL},
      {F_COMES, "demain", NULL},
      {F_TITLE, "Mme", "Mme"},
      {F_TITLE, "☐ Mme ☒ M.", "M."},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

static void test_choice_stand_in(void) {
  g_autoptr(Rules) rules = rules_new(fixture_event(), NULL, NULL);
  FieldContext context = {rules, F_COMES, "FR"};
  FieldResult result = field_parse(&context, "Non, je serai représentée par M. Petit");
  g_assert_cmpint(result.status, ==, FIELD_VALID);
  g_assert_nonnull(result.doubt);
  field_result_clear(&result);
}

static void test_numbers(void) {
  static const Row rows[] = {
      {F_GUESTS, "3 personnes", "3"}, {F_GUESTS, "FRA-3", "3"},
      {F_GUESTS, "№ 3", "3"},         {F_GUESTS, "３名", "3"},
      {F_GUESTS, "21", NULL},         {F_GUESTS, "-3", NULL},
      {F_GUESTS, "1 200", NULL}, /* one number, out of bounds */
      {F_GUESTS, "2.5", NULL},        {F_GUESTS, "99999999999999999999", NULL},
      {F_GUESTS, "deux", NULL},       {F_GUESTS, "2 ou 3", NULL},
      {F_GUESTS, "....", ""},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

static void test_thousands(void) {
  static const struct {
    const char *raw, *value;
  } rows[] = {{"1 200", "1200"}, {"1,234,567", "1234567"}, {"12.000 €", "12000"}, {"- 5", "5"},
              {"-5", "-5"},      {"20 30", NULL},          {"2.50", NULL},        {"+7", "7"}};
  Wire__Field field = WIRE__FIELD__INIT, *fields[] = {&field};
  Wire__Event event = *fixture_event();
  field.name = (char *)"number";
  field.type = (char *)"integer";
  event.fields = fields;
  event.n_fields = 1;
  g_autoptr(Rules) rules = rules_new(&event, NULL, NULL);
  FieldContext context = {rules, 0, "FR"};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    FieldResult result = field_parse(&context, rows[i].raw);
    g_test_message("'%s'", rows[i].raw);
    g_assert_cmpstr(result.value, ==, rows[i].value);
    field_result_clear(&result);
  }
}

static void test_dates(void) {
  static const Row rows[] = {
      {F_ARRIVAL, "2031-04-03", "2031-04-03"},
      {F_ARRIVAL, "3 avril 2031", "2031-04-03"},
      {F_ARRIVAL, "le mardi 1er avril 2031 à 16h30", "2031-04-01"},
      {F_ARRIVAL, "Jeudi 3 avril 2031 à 16 h 30", "2031-04-03"},
      {F_ARRIVAL, "3 août 31", "2031-08-03"},
      {F_ARRIVAL, "03/04/2031", "2031-04-03"},
      {F_ARRIVAL, "03.04.31", "2031-04-03"},
      {F_ARRIVAL, "12/25/2031", "2031-12-25"}, /* no other day */
      {F_ARRIVAL, "April 3, 2031", "2031-04-03"},
      {F_ARRIVAL, "Thursday 3rd of April 2031, 4 pm", "2031-04-03"},
      {F_ARRIVAL, "4:30 pm on 3 Apr. 2031", "2031-04-03"},
      {F_ARRIVAL, "2031年4月3日", "2031-04-03"},
      {F_ARRIVAL, "２０３１年４月３日（木）16時30分", "2031-04-03"},
      {F_ARRIVAL, "令和13年4月3日", "2031-04-03"},
      {F_ARRIVAL, "令和元年7月3日", "2019-07-03"},
      {F_ARRIVAL, "令和", NULL},
      {F_ARRIVAL, "31/02/2031", NULL},
      {F_ARRIVAL, "2031-13-01", NULL},
      {F_ARRIVAL, "3 avril", NULL},
      {F_ARRIVAL, "3/4", NULL},
      {F_ARRIVAL, "3-5 avril 2031", NULL},
      {F_ARRIVAL, "3 avril ou 3 mai 2031", NULL},
      {F_ARRIVAL, "en avril ou mai 2031", NULL},
      {F_ARRIVAL, "bientôt", NULL},
      {F_ARRIVAL, "__/__/____", ""},
  };
  check_rows(rows, G_N_ELEMENTS(rows), "FR");
}

/* Of numbers alone, the order is that of the event's country. */
static void test_date_order(void) {
  static const struct {
    const char *country, *raw, *value;
  } rows[] = {{"FR", "3/4/2031", "2031-04-03"}, {"GB", "3/4/2031", "2031-04-03"},
              {"US", "3/4/2031", "2031-03-04"}, {"US", "25/4/2031", "2031-04-25"},
              {"CA", "3/4/2031", NULL},         {"CA", "25/4/2031", "2031-04-25"},
              {"CA", "4/4/2031", "2031-04-04"}, {"JP", "3/4/2031", NULL},
              {"JP", "31/4/3", NULL},           {"JP", "4/4/31", NULL},
              {"JP", "2031/4/3", "2031-04-03"}, {"US", "3 avril 31", "2031-04-03"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Wire__Event event = *fixture_event();
    event.country = (char *)rows[i].country;
    g_autoptr(Rules) rules = rules_new(&event, NULL, NULL);
    FieldContext context = {rules, F_ARRIVAL, rows[i].country};
    FieldResult result = field_parse(&context, rows[i].raw);
    g_test_message("%s '%s'", rows[i].country, rows[i].raw);
    g_assert_cmpstr(result.value, ==, rows[i].value);
    field_result_clear(&result);
  }
}

static void test_too_long(void) {
  g_autofree char *long_text = g_strnfill(300, 'a');
  const Row rows[] = {{F_BODY, long_text, NULL}};
  check_rows(rows, 1, "FR");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/fields/text", test_text);
  g_test_add_func("/fields/name", test_name);
  g_test_add_func("/fields/name-doubts", test_name_doubts);
  g_test_add_func("/fields/split-name", test_split_name);
  g_test_add_func("/fields/email", test_email);
  g_test_add_func("/fields/phone", test_phone);
  g_test_add_func("/fields/postal", test_postal);
  g_test_add_func("/fields/split-address", test_split_address);
  g_test_add_func("/fields/choice", test_choice);
  g_test_add_func("/fields/choice-stand-in", test_choice_stand_in);
  g_test_add_func("/fields/numbers", test_numbers);
  g_test_add_func("/fields/thousands", test_thousands);
  g_test_add_func("/fields/dates", test_dates);
  g_test_add_func("/fields/date-order", test_date_order);
  g_test_add_func("/fields/too-long", test_too_long);
  return g_test_run();
}
