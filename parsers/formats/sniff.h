/* sniff - what a part is by its content, where its declared type and its name may lie.
 *
 * Reads marks ("magic numbers") and the lists of names at the start of a zip archive or of a
 * compound file; unpacks nothing. Pure. */
#pragma once
#include "parsers/mime.h"

/* Types that no registry knows, for what must be told apart all the same. */
#define SNIFF_COMPOUND "application/x-ole-storage"     /* a compound file of an unknown program */
#define SNIFF_LOCKED "application/x-encrypted-package" /* an Office document with a password */
#define SNIFF_ZIP "application/zip"                    /* a zip archive that is no document */
#define SNIFF_TNEF "application/ms-tnef"
#define SNIFF_MESSAGE "message/rfc822"
#define SNIFF_SIGNED "application/pkcs7-mime"

/* The media type that the bytes show. NULL: they show none (text without marks, unknown data).
 * Static. */
const char *sniff_content(GBytes *content);

/* The type to go by: what the content shows where it contradicts the declared type, else the
 * declared one. Where that says nothing, an attached mail or signed data is known by its form.
 * Borrowed from `part`, or static. */
const char *sniff_type(const MimePart *part);

/* Does the type say nothing about the content ("application/octet-stream")? */
gboolean sniff_is_vague(const char *type);

/* Is it text, as far as its start tells? */
gboolean sniff_is_text(GBytes *content);

/* Is it CMS signed data (RFC 5652 5.1), in DER or BER? Encrypted data is not. */
gboolean sniff_is_signed(GBytes *content);
