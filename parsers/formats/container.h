/* container - parts inside parts: zip and gzip archives, Outlook's winmail.dat (tnef.h), signed
 * S/MIME content (RFC 8551 3.5.2: read, not verified), mails that are attached as files.
 *
 * Bounded by Wire__Limits: depth and parts as in mime; entries, bytes and ratio of all archives of
 * the message together. */
#pragma once
#include "parsers/mime.h"

/* Open what can be opened in `mail->parts`, in place: the parts of a container stand behind it,
 * `index` is numbered anew, `opened` is set. Each part's `type` becomes what its content shows
 * (sniff_type). A part from an archive has `attachment` set and a name such as
 * "outer.zip/inner.docx"; what was signed takes the place of its wrapping.
 * What cannot be opened is named in `mail->review_reasons`, a limit of mime in `over_limit`. */
void container_expand(MimeMail *mail, const Wire__Limits *limits);
