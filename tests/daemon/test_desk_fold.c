/* desk_fold: what is the same to who searches, and which names are of one body. */
#include "daemon/desk/desk_fold.h"

#include <string.h>

#include "daemon/desk/desk_groups.h"

static void test_fold(void) {
  static const char *const rows[][2] = {{"Éléonore", "eleonore"},
                                        {"LEFÈVRE", "lefevre"},
                                        {"Lefe\xCC\x80vre", "lefevre"},
                                        {"Œuvre", "oeuvre"},
                                        {"Straße", "strasse"},
                                        {"Łódź", "lodz"},
                                        {"ＴＯＫＹＯ　１２", "tokyo 12"},
                                        {"ｶﾞｲﾄﾞ", "ガイド"},
                                        {"が", "が"},
                                        {"İstanbul", "istanbul"},
                                        {"l’été", "l'ete"},
                                        {"Aix–en–Provence", "aix-en-provence"},
                                        {"a\xFF"
                                         "b",
                                         "a�b"},
                                        {"", ""}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *folded = desk_fold(rows[i][0]);
    g_assert_cmpstr(folded, ==, rows[i][1]);
  }
}

static void test_words(void) {
  static const struct {
    const char *search, *text;
    gboolean found;
  } rows[] = {{"lefevre", "Hélène LEFÈVRE, Nancy", TRUE},
              {"Nancy lefè", "Hélène LEFÈVRE, Nancy", TRUE},
              {"nancy metz", "Hélène LEFÈVRE, Nancy", FALSE},
              {"  ", "anything", TRUE},
              {NULL, "anything", TRUE},
              {"横浜", "横浜市役所", TRUE},
              {"œuvre", "Oeuvres sociales", TRUE},
              {"oeuvre", "Œuvres sociales", TRUE},
              {"　nancy　", "Nancy", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_auto(GStrv) words = desk_fold_words(rows[i].search, 256, 16);
    g_autofree char *text = desk_fold(rows[i].text);
    if (desk_fold_has(text, words) != rows[i].found)
      g_error("'%s' in '%s': not %d", rows[i].search, rows[i].text, rows[i].found);
  }
}

static void test_words_are_bounded(void) {
  g_auto(GStrv) few = desk_fold_words("a b c d", 256, 2);
  g_assert_cmpuint(g_strv_length(few), ==, 2);
  g_auto(GStrv) cut = desk_fold_words("éééé", 5, 16); /* two and a half: two */
  g_assert_cmpstr(cut[0], ==, "ee");
  g_assert_null(cut[1]);
  g_auto(GStrv) whole = desk_fold_words("abcde", 5, 16);
  g_assert_cmpstr(whole[0], ==, "abcde");
}

/* Names that are one body stand in one row; those of different rows are none. */
static void test_bodies(void) {
  static const char *const rows[][8] = {
      {"Nancy", "Ville de Nancy", "VILLE DE NANCY", "Mairie de Nancy", "Commune de Nancy",
       "City of Nancy", "« Ville  de  Nancy »", "ville de nancy."},
      {"Le Havre", "Ville du Havre", "Mairie du Havre"},
      {"La Rochelle", "Ville de La Rochelle", "Ville de la Rochelle"},
      {"Orléans", "Ville d'Orléans", "Ville d’Orleans", "Mairie d' Orléans"},
      {"Les Ulis", "Ville des Ulis"},
      {"Saint-Étienne", "St Etienne", "Ville de St-Étienne"},
      {"Métropole du Grand Nancy"},
      {"Département du Nord"},
      {"横浜市", "横浜市役所"},
      {"Ville"},
      {"Villeurbanne", "Ville de Villeurbanne"},
      {"Kobe", "City of Kobe", "the City of Kōbe"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *key = desk_fold_body(rows[i][0]);
    g_assert_cmpstr(key, !=, "");
    for (gsize k = 1; k < 8 && rows[i][k]; k++) {
      g_autofree char *other = desk_fold_body(rows[i][k]);
      g_assert_cmpstr(other, ==, key);
    }
    for (gsize n = 0; n < i; n++) {
      g_autofree char *other = desk_fold_body(rows[n][0]);
      g_assert_cmpstr(other, !=, key);
    }
  }
  g_autofree char *none = desk_fold_body(" - . ");
  g_assert_cmpstr(none, ==, "");
}

static void test_order(void) {
  /* As a French list has them: an accent counts where all else is equal, digits by their number. */
  static const char *const sorted[] = {"9 rue",  "12 rue", "cote",  "coté",  "côte",
                                       "Durand", "Éluard", "Emile", "Œuvre", "Zola"};
  g_autoptr(DeskCollator) collator = desk_collator_new("fr");
  for (gsize i = 0; i + 1 < G_N_ELEMENTS(sorted); i++) {
    g_autofree char *a = desk_collator_key(collator, sorted[i]);
    g_autofree char *b = desk_collator_key(collator, sorted[i + 1]);
    if (strcmp(a, b) >= 0) g_error("%s does not stand before %s", sorted[i], sorted[i + 1]);
  }
  g_autofree char *text = g_strnfill(5000, 'z');
  g_autofree char *a = desk_collator_key(collator, text);
  text[4999] = '\0';
  g_autofree char *b = desk_collator_key(collator, text);
  g_assert_cmpint(strcmp(a, b), >, 0);
}

/* --- groups ----------------------------------------------------------------------------------- */

static const char FIELD[] = "themes", OTHER[] = "workshops";

static void test_near_texts_stand_together(void) {
  static const struct {
    const char *a, *b;
    gboolean together;
  } rows[] = {{"Eau et assainissement", "eau, assainissement", TRUE},
              {"L'eau et l'assainissement", "Assainissement et eau", TRUE},
              {"Transport urbain", "Transports urbains", TRUE},
              {"Le vieillissement de la population", "Vieillissement des populations", TRUE},
              {"Eau potable", "Transports urbains", FALSE},
              {"Jumelages d'écoles", "Jumelages d'hôpitaux", FALSE},
              {"防災対策", "防災対策", TRUE},
              {"防災対策について", "防災対策", FALSE},
              {"防災", "観光", FALSE},
              {"Prévention des risques naturels", "Prévention des risques naturels majeurs", TRUE},
              {"la", "le", FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    DeskGroups *groups = desk_groups_new();
    const GroupMember *a = desk_groups_add(groups, FIELD, rows[i].a, "Nancy", 1);
    const GroupMember *b = desk_groups_add(groups, FIELD, rows[i].b, "Metz", 2);
    const GroupMember *other = desk_groups_add(groups, OTHER, rows[i].a, "Metz", 2);
    if ((a->group == b->group) != rows[i].together) g_error("'%s', '%s'", rows[i].a, rows[i].b);
    g_assert_true(other->group != a->group); /* of another field */
    desk_groups_free(groups);
  }
}

/* Many in, many out again: what is left is as if the others had never been. */
static void test_members_go(void) {
  DeskGroups *groups = desk_groups_new();
  GPtrArray *members = g_ptr_array_new();
  for (guint i = 0; i < 600; i++) {
    g_autofree char *text =
        g_strdup_printf("thème%c sujet%c", (char)('a' + i % 7), (char)('a' + i % 5));
    g_ptr_array_add(members, desk_groups_add(groups, FIELD, text, "", i));
  }
  g_assert_cmpuint(desk_groups_all(groups)->len, ==, 35);
  for (guint i = 0; i < 600; i++)
    if (i % 7 != 3) desk_groups_remove(groups, members->pdata[i]);
  const GPtrArray *all = desk_groups_all(groups);
  g_assert_cmpuint(all->len, ==, 5);
  guint left = 0;
  for (guint i = 0; i < all->len; i++) {
    const Group *group = all->pdata[i];
    g_assert_cmpuint(group->at, ==, i);
    left += group->members->len;
    for (guint k = 0; k < group->members->len; k++)
      g_assert_cmpuint(((const GroupMember *)group->members->pdata[k])->at, ==, k);
  }
  g_assert_cmpuint(left, ==, 86);
  desk_groups_add(groups, FIELD, "thèmea sujeta", "", 1); /* a group that was there, and went */
  g_assert_cmpuint(desk_groups_all(groups)->len, ==, 6);
  g_ptr_array_unref(members);
  desk_groups_free(groups);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/desk_fold/fold", test_fold);
  g_test_add_func("/desk_fold/words", test_words);
  g_test_add_func("/desk_fold/words-bounded", test_words_are_bounded);
  g_test_add_func("/desk_fold/bodies", test_bodies);
  g_test_add_func("/desk_fold/order", test_order);
  g_test_add_func("/desk_groups/near", test_near_texts_stand_together);
  g_test_add_func("/desk_groups/members-go", test_members_go);
  return g_test_run();
}
