/* reply_fixture - the shipped event and replies behind a configuration of two accounts, and records
 * to answer: what the tests of compose_reply, calendar and desk share. */
#pragma once
#include <glib/gstdio.h>
#include <string.h>

#include "daemon/compose_reply.h"

#define FIXTURE_ID "copil-2019"
#define FIXTURE_OUR "inscriptions@cuf.example"

typedef struct {
  char *dir;
  Config *config;
  Replies *replies;
  const Event *event;
} Fixture;

static inline void fixture_write(const char *dir, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  g_assert_true(g_file_set_contents_full(path, text, -1, 0, 0600, NULL));
}

static inline void fixture_no_problems(const GPtrArray *problems) {
  for (guint i = 0; i < problems->len; i++) g_test_message("%s", (char *)problems->pdata[i]);
  g_assert_cmpuint(problems->len, ==, 0);
}

static inline void fixture_open(Fixture *fixture) {
  static const char text[] =
      "store: %1$s/store\n"
      "events: " SOURCE_DIR "/contrib/events\n"
      "replies: " SOURCE_DIR "/contrib/replies\n"
      "accounts:\n"
      "  - {name: service, imap: 'imap://127.0.0.1', user: u, password_file: %1$s/password,\n"
      "     addresses: [" FIXTURE_OUR "], event: " FIXTURE_ID "}\n"
      "  - {name: person, imap: 'imap://127.0.0.1', user: v, password_file: %1$s/password,\n"
      "     addresses: [karima@cuf.example], event: " FIXTURE_ID ", responder: personal}\n"
      "submission:\n"
      "  url: smtp://127.0.0.1\n"
      "  from: Cités Unies France <secretariat@cuf.example>\n";
  *fixture = (Fixture){.dir = g_dir_make_tmp("bulletind-reply-XXXXXX", NULL)};
  g_autofree char *store = g_build_filename(fixture->dir, "store", NULL);
  g_autofree char *file = g_build_filename(fixture->dir, "bulletind.yaml", NULL);
  g_assert_cmpint(g_mkdir(store, 0700), ==, 0);
  fixture_write(fixture->dir, "password", "secret\n");
  g_auto(GStrv) pieces = g_strsplit(text, "%1$s", -1);
  g_autofree char *filled = g_strjoinv(fixture->dir, pieces);
  fixture_write(fixture->dir, "bulletind.yaml", filled);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  fixture->config = config_load(file, problems);
  fixture_no_problems(problems);
  fixture->replies = replies_load(fixture->config, problems);
  fixture_no_problems(problems);
  fixture->event = event_find(fixture->config->events, FIXTURE_ID);
  g_assert_nonnull(fixture->event);
}

/* The event as a test may change it. */
static inline Event *fixture_event(Fixture *fixture) {
  return (Event *)fixture->event;
}

/* The event's replies with one of them written by the test. */
static inline void fixture_overlay(Fixture *fixture, const char *language, const char *file,
                                   const char *text) {
  g_autofree char *dir = g_build_filename(fixture->dir, "overlay", language, NULL);
  g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
  fixture_write(dir, file, text);
  Event *event = fixture_event(fixture);
  g_free(event->replies_dir);
  event->replies_dir = g_build_filename(fixture->dir, "overlay", NULL);
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  replies_free(fixture->replies);
  fixture->replies = replies_load(fixture->config, problems);
  fixture_no_problems(problems);
}

static inline void fixture_remove(const char *path) {
  GDir *dir = g_dir_open(path, 0, NULL);
  for (const char *name = dir ? g_dir_read_name(dir) : NULL; name; name = g_dir_read_name(dir)) {
    g_autofree char *inner = g_build_filename(path, name, NULL);
    fixture_remove(inner);
  }
  if (dir) g_dir_close(dir);
  g_remove(path);
}

static inline void fixture_close(Fixture *fixture) {
  replies_free(fixture->replies);
  config_free(fixture->config);
  fixture_remove(fixture->dir);
  g_free(fixture->dir);
}

/* A new store in its folder. The caller closes it. */
static inline Store *fixture_store(const Fixture *fixture) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename(fixture->dir, "store", NULL);
  Store *store = store_open(path, STORE_CREATE, &error);
  g_assert_no_error(error);
  return store;
}

static inline void fixture_string(char **at, const char *value) {
  g_free(*at);
  *at = g_strdup(value);
}

/* Hélène DURAND of Ville-Exemple, complete, with something about her health. */
static inline Registration *fixture_helene(void) {
  static const char *const values[][2] = {{"organization", "Ville d'Exemple-sur-Mer"},
                                          {"title", "Mme"},
                                          {"last_name", "DURAND"},
                                          {"first_name", "Hélène"},
                                          {"role", "Adjointe au maire"},
                                          {"phone", "+33612345678"},
                                          {"email", "h.durand@ville.example"},
                                          {"attendance", "yes"},
                                          {"needs", "sans gluten"}};
  Registration *registration = registration_new();
  registration->id = 7;
  fixture_string(&registration->event, FIXTURE_ID);
  fixture_string(&registration->status, "registered");
  fixture_string(&registration->sender, "h.durand@ville.example");
  fixture_string(&registration->language, "fr");
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    registration_set(registration, values[i][0], values[i][1]);
  return registration;
}
