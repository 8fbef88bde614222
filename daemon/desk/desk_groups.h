/* desk_groups - short texts of people, those that are equal or nearly so together.
 *
 * Built up and taken down one by one, so that a change costs what has changed. Nearly equal: of the
 * words that tell what two texts are about (desk_fold_topics) at least GROUPS_NEAR_PERCENT are
 * common. A text joins the group whose first text is nearest to it, so that the groups depend a
 * little on who came first. Memory is that of the texts. */
#pragma once
#include <glib.h>

enum {
  GROUPS_NEAR_PERCENT = 60,
  GROUPS_TOPICS_MAX = 64, /* words of a text that are compared */
  GROUPS_CANDIDATES_MAX =
      200 /* groups that are looked at for one text, those of its rarest words */
};

typedef struct DeskGroups DeskGroups;

typedef struct GroupMember GroupMember;
typedef struct {
  GPtrArray *members; /* GroupMember*, in no order */
  GPtrArray *topics;  /* of the text that made the group */
  char *key;          /* field and the same, folded whole */
  const char *field;  /* borrowed, as given */
  guint at;           /* place among the groups */
} Group;
struct GroupMember {
  char *text, *organization;
  guint64 registration;
  guint64 number; /* grows: of one registration, what was added first has the smallest */
  Group *group;
  guint at; /* place among the group's members */
};

DeskGroups *desk_groups_new(void);
void desk_groups_free(DeskGroups *groups);
/* Texts of different fields never stand together; `field` is compared by its address and must live
 * as long as the groups. The member is borrowed until it is removed. */
GroupMember *desk_groups_add(DeskGroups *groups, const char *field, const char *text,
                             const char *organization, guint64 registration);
void desk_groups_remove(DeskGroups *groups, GroupMember *member);
/* Group*, borrowed, none of them empty, in no order. */
const GPtrArray *desk_groups_all(const DeskGroups *groups);
/* Order of two GroupMember* (GCompareFunc of pointers to them): by registration, then as added. */
gint desk_groups_compare(gconstpointer a, gconstpointer b);
/* The first of the group's members in that order. */
const GroupMember *desk_groups_first(const Group *group);
