/* presets - the mail providers that our users have: their servers, and what must be switched on
 * there before a program may read and send. */
#pragma once
#include <glib.h>

typedef struct {
  const char *name;
  const char *domains; /* of addresses, separated by blanks; "" where domains are the users' own */
  const char *hosts;   /* its servers' names, or ".example" for all below */
  const char *imap;    /* URL; NULL: the server's name is told by the contract */
  const char *submission; /* likewise */
  const char *oauth;      /* provider for accounts[].oauth; NULL: a password */
  const char *advice;     /* one sentence for the administrator */
} Preset;

/* The provider of an address, by its domain; NULL: not one that we know. Any case. */
const Preset *preset_of_address(const char *address);
/* The provider that a server belongs to; NULL: not one that we know. Any case. */
const Preset *preset_of_host(const char *host);
/* All of them, *ret_count long; static. */
const Preset *preset_all(gsize *ret_count);
