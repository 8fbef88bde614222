/* desk_groups - see desk_groups.h.
 *
 * A group is found by its whole text, else by its topics. Two texts that are near have in common
 * all but a few of either's topics; so it is enough to look at the groups of as many of a text's
 * topics as make it sure that one of them is common: its rarest. */
#include "daemon/desk/desk_groups.h"

#include <string.h>

#include "daemon/desk/desk_fold.h"

struct DeskGroups {
  guint64 last_number;
  GPtrArray *all;       /* Group* */
  GHashTable *by_key;   /* field and folded text → Group */
  GHashTable *by_topic; /* topic → GPtrArray of Group* */
};

static void member_free(GroupMember *member) {
  g_free(member->text);
  g_free(member->organization);
  g_free(member);
}

static void group_free(gpointer data) {
  Group *group = data;
  for (guint i = 0; i < group->members->len; i++) member_free(group->members->pdata[i]);
  g_ptr_array_unref(group->members);
  g_ptr_array_unref(group->topics);
  g_free(group->key);
  g_free(group);
}

DeskGroups *desk_groups_new(void) {
  DeskGroups *groups = g_new0(DeskGroups, 1);
  groups->all = g_ptr_array_new_with_free_func(group_free);
  groups->by_key = g_hash_table_new(g_str_hash, g_str_equal);
  groups->by_topic =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  return groups;
}

void desk_groups_free(DeskGroups *groups) {
  if (!groups) return;
  g_hash_table_unref(groups->by_topic);
  g_hash_table_unref(groups->by_key);
  g_ptr_array_unref(groups->all);
  g_free(groups);
}

const GPtrArray *desk_groups_all(const DeskGroups *groups) {
  return groups->all;
}

/* --- which group ------------------------------------------------------------------------------ */

/* How many of the sorted words both have. */
static guint common(const GPtrArray *a, const GPtrArray *b) {
  guint both = 0;
  for (guint i = 0, k = 0; i < a->len && k < b->len;) {
    int order = strcmp(a->pdata[i], b->pdata[k]);
    both += order == 0;
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
  return both;
}

/* Percent of the words of both that are common. */
static guint nearness(const GPtrArray *a, const GPtrArray *b) {
  guint both = common(a, b), all = a->len + b->len - both;
  return all ? both * 100 / all : 0;
}

typedef struct {
  const GPtrArray *topics;
  const char *field;
  Group *best;
  guint nearness, looked_at;
} Search;

static void look_at(Search *search, const GPtrArray *candidates) {
  for (guint i = 0; i < candidates->len && search->looked_at < GROUPS_CANDIDATES_MAX; i++) {
    Group *group = candidates->pdata[i];
    if (group->field != search->field) continue;
    guint near = nearness(search->topics, group->topics);
    search->looked_at++;
    if (near < GROUPS_NEAR_PERCENT || near <= search->nearness) continue;
    search->best = group;
    search->nearness = near;
  }
}

static gint fewer_groups(gconstpointer a, gconstpointer b) {
  const GPtrArray *left = *(GPtrArray *const *)a, *right = *(GPtrArray *const *)b;
  return left->len < right->len ? -1 : left->len > right->len;
}

static Group *nearest(const DeskGroups *groups, const char *field, const GPtrArray *topics) {
  g_autoptr(GPtrArray) lists = g_ptr_array_new();
  guint enough = topics->len - (topics->len * GROUPS_NEAR_PERCENT + 99) / 100 + 1;
  guint unknown = 0; /* topics of no group: the rarest of all */
  for (guint i = 0; i < topics->len; i++) {
    GPtrArray *list = g_hash_table_lookup(groups->by_topic, topics->pdata[i]);
    if (list)
      g_ptr_array_add(lists, list);
    else
      unknown++;
  }
  g_ptr_array_sort(lists, fewer_groups);
  Search search = {.topics = topics, .field = field};
  for (guint i = 0; i < lists->len && i + unknown < enough; i++) look_at(&search, lists->pdata[i]);
  return search.best;
}

/* --- in and out ------------------------------------------------------------------------------- */

static void index_topics(DeskGroups *groups, Group *group) {
  for (guint i = 0; i < group->topics->len; i++) {
    const char *topic = group->topics->pdata[i];
    GPtrArray *list = g_hash_table_lookup(groups->by_topic, topic);
    if (!list) {
      list = g_ptr_array_new();
      g_hash_table_insert(groups->by_topic, g_strdup(topic), list);
    }
    g_ptr_array_add(list, group);
  }
}

static void unindex_topics(DeskGroups *groups, Group *group) {
  for (guint i = 0; i < group->topics->len; i++) {
    const char *topic = group->topics->pdata[i];
    GPtrArray *list = g_hash_table_lookup(groups->by_topic, topic);
    g_ptr_array_remove_fast(list, group);
    if (!list->len) g_hash_table_remove(groups->by_topic, topic);
  }
}

static Group *group_new(DeskGroups *groups, const char *field, char *key, GPtrArray *topics) {
  Group *group = g_new0(Group, 1);
  group->members = g_ptr_array_new();
  group->topics = topics;
  group->key = key;
  group->field = field;
  group->at = groups->all->len;
  g_ptr_array_add(groups->all, group);
  g_hash_table_insert(groups->by_key, group->key, group);
  index_topics(groups, group);
  return group;
}

/* Takes `key`. */
static Group *group_of(DeskGroups *groups, const char *field, const char *text, char *key) {
  Group *group = g_hash_table_lookup(groups->by_key, key);
  GPtrArray *topics = group ? NULL : desk_fold_topics(text, GROUPS_TOPICS_MAX);
  if (!group) group = nearest(groups, field, topics);
  if (!group) return group_new(groups, field, key, topics);
  if (topics) g_ptr_array_unref(topics);
  g_free(key);
  return group;
}

GroupMember *desk_groups_add(DeskGroups *groups, const char *field, const char *text,
                             const char *organization, guint64 registration) {
  g_autofree char *folded = desk_fold(text);
  GroupMember *member = g_new0(GroupMember, 1);
  member->text = g_strdup(text);
  member->organization = g_strdup(organization);
  member->registration = registration;
  member->number = ++groups->last_number;
  member->group = group_of(groups, field, text, g_strconcat(field, "\n", folded, NULL));
  member->at = member->group->members->len;
  g_ptr_array_add(member->group->members, member);
  return member;
}

static void drop_group(DeskGroups *groups, Group *group) {
  unindex_topics(groups, group);
  g_hash_table_remove(groups->by_key, group->key);
  guint at = group->at;
  g_ptr_array_remove_index_fast(groups->all, at); /* the last one takes its place */
  if (at < groups->all->len) ((Group *)groups->all->pdata[at])->at = at;
}

void desk_groups_remove(DeskGroups *groups, GroupMember *member) {
  Group *group = member->group;
  g_ptr_array_remove_index_fast(group->members, member->at);
  if (member->at < group->members->len)
    ((GroupMember *)group->members->pdata[member->at])->at = member->at;
  member_free(member);
  if (!group->members->len) drop_group(groups, group);
}

/* --- order ------------------------------------------------------------------------------------ */

gint desk_groups_compare(gconstpointer a, gconstpointer b) {
  const GroupMember *left = *(GroupMember *const *)a, *right = *(GroupMember *const *)b;
  if (left->registration != right->registration)
    return left->registration < right->registration ? -1 : 1;
  return left->number < right->number ? -1 : left->number > right->number;
}

const GroupMember *desk_groups_first(const Group *group) {
  GroupMember **first = (GroupMember **)&group->members->pdata[0];
  for (guint i = 1; i < group->members->len; i++)
    if (desk_groups_compare(&group->members->pdata[i], first) < 0)
      first = (GroupMember **)&group->members->pdata[i];
  return *first;
}
