/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <string.h>

static const char default_ranks[] = "[domestic_floor, domestic, minimum_flow, domestic_reserve, "
                                    "industry, tourism, [aquaculture, irrigation, livestock, "
                                    "other], storage_target]";

static const char *const share_words[] = {"fair", "total", "order", NULL};

/* What a word of `ranks` stands for; *length is that of the class it names, 0 for fixed words. */
static enum rank_kind
kind_of_word(const char *word, size_t *length)
{
    static const char suffix[] = "_floor";
    size_t whole = strlen(word);
    size_t tail = sizeof suffix - 1;
    *length = 0;
    if (strcmp(word, "minimum_flow") == 0)
        return RANK_MINIMUM_FLOW;
    if (strcmp(word, "domestic_reserve") == 0)
        return RANK_DOMESTIC_RESERVE;
    if (strcmp(word, "carry_over") == 0)
        return RANK_CARRY_OVER;
    if (strcmp(word, "storage_target") == 0)
        return RANK_STORAGE_TARGET;
    if (whole > tail && strcmp(word + whole - tail, suffix) == 0) {
        *length = whole - tail;
        return RANK_FLOOR;
    }
    *length = whole;
    return RANK_DEMAND;
}

/* Index of the class, added if it is new. */
static int
add_class(struct basin_reader *reader, const char *word, size_t length)
{
    struct basin *basin = reader->basin;
    char *id = arena_text_part(reader->arena, word, length);
    if (id == NULL)
        return -1;
    int class_i = name_index_add(&reader->class_index, id, basin->class_count);
    if (class_i >= 0)
        return class_i;
    basin->class[basin->class_count] = (struct class){.id = id, .name = id};
    return basin->class_count++;
}

/* Put one word into a rank whose kind the first word settles. */
static void
add_word(struct basin_reader *reader, const struct yaml_node *value, struct rank *rank, bool first)
{
    if (!require_text(reader, "ranks", value))
        return;
    size_t length;
    enum rank_kind kind = kind_of_word(value->text, &length);
    if (!id_is_valid(value->text)) {
        fault(reader, value, "rank word '%s' may only hold a-z, 0-9 and _", value->text);
        return;
    }
    if (first)
        rank->kind = kind;
    if (kind != rank->kind || (!first && length == 0)) {
        fault(reader, value,
              "'%s' cannot share a rank: a list puts together classes, or floors of classes",
              value->text);
        return;
    }
    if (length > 0)
        rank->class_i[rank->class_count++] = add_class(reader, value->text, length);
}

/* Words of a rank: one or a list. The id, if none is given, is the words joined by '+'. */
static void
read_words(struct basin_reader *reader, const struct yaml_node *value, struct rank *rank)
{
    bool is_list = value->kind == YAML_LIST;
    if (value->kind == YAML_MAP || (is_list && value->count == 0)) {
        fault(reader, value, "a rank must be a word or a list of words");
        return;
    }
    int count = is_list ? value->count : 1;
    const struct yaml_node *words = is_list ? value->value : value;
    rank->class_i = arena_alloc(reader->arena, (size_t)count, sizeof *rank->class_i);
    size_t length = 1;
    for (int i = 0; i < count; i++)
        length += strlen(words[i].text) + 1;
    char *id = arena_alloc(reader->arena, length, 1);
    if (rank->class_i == NULL || id == NULL)
        return;
    char *end = id;
    for (int i = 0; i < count; i++) {
        add_word(reader, &words[i], rank, i == 0);
        end = stpcpy(end, i > 0 ? "+" : "");
        end = stpcpy(end, words[i].text);
    }
    if (rank->id == NULL)
        rank->id = id;
}

/* {id: crops, of: [irrigation, other], share: total} */
static void
read_rank_map(struct basin_reader *reader, const struct yaml_node *map, struct rank *rank)
{
    static const char *const known[] = {"id", "of", "share"};
    for (int i = 0; i < map->count; i++) {
        const struct yaml_node *value = &map->value[i];
        const char *key = map->key[i].text;
        if (strcmp(key, "id") == 0) {
            if (!require_text(reader, "id", value))
                continue;
            if (!id_is_valid(value->text))
                fault(reader, value, "rank id '%s' may only hold a-z, 0-9 and _", value->text);
            rank->id = arena_text(reader->arena, value->text);
        } else if (strcmp(key, "share") == 0) {
            int share = find_word(reader, "share", value, share_words);
            rank->share_given = share >= 0;
            rank->share = share >= 0 ? (enum share_rule)share : SHARE_FAIR;
        } else if (strcmp(key, "of") != 0) {
            unknown_key(reader, &map->key[i], "a rank", known, 3);
        }
    }
    const struct yaml_node *of = yaml_find(map, "of");
    if (of == NULL)
        fault(reader, map, "a rank written as a map needs 'of', its classes");
    else
        read_words(reader, of, rank);
}

static bool
holds_class(const struct rank *rank, int class_i)
{
    for (int i = 0; i < rank->class_count; i++)
        if (rank->class_i[i] == class_i)
            return true;
    return false;
}

/*
 * A rank is called by its id or by a class it holds, so an id of its own may be neither that of
 * another rank nor a class of another rank. Two ranks of one class are told as such.
 */
static void
check_rank_id(struct basin_reader *reader, const struct yaml_node *list, struct name_index *ids,
              int rank_i)
{
    const struct rank *rank = &reader->basin->rank[rank_i];
    const struct yaml_node *at = &list->value[rank_i];
    if (rank->id[0] == '\0')
        return;
    int other_i = name_index_add(ids, rank->id, rank_i);
    int class_i = name_index_find(&reader->class_index, rank->id);
    bool is_own = at->kind == YAML_MAP || rank->class_count == 0;
    if (other_i >= 0 && (is_own || list->value[other_i].kind == YAML_MAP))
        fault(reader, at, "rank id '%s' stands twice", rank->id);
    else if (is_own && class_i >= 0 && !holds_class(rank, class_i))
        fault(reader, at, "rank id '%s' is the class of another rank", rank->id);
}

/* Fixed words, classes and rank ids may each stand once. */
static void
check_once(struct basin_reader *reader, const struct yaml_node *list)
{
    struct basin *basin = reader->basin;
    size_t class_count = (size_t)basin->class_count;
    unsigned char *seen = arena_alloc(reader->scratch, 2 * class_count, 1);
    struct name_index ids;
    if (seen == NULL || !name_index_init(&ids, reader->scratch, basin->rank_count))
        return;
    bool fixed_seen[RANK_STORAGE_TARGET + 1] = {false};
    for (int i = 0; i < basin->rank_count; i++) {
        const struct rank *rank = &basin->rank[i];
        const struct yaml_node *at = &list->value[i];
        bool is_fixed = rank->kind != RANK_DEMAND && rank->kind != RANK_FLOOR;
        if (is_fixed && fixed_seen[rank->kind])
            fault(reader, at, "rank '%s' stands twice", rank->id);
        else
            check_rank_id(reader, list, &ids, i);
        fixed_seen[rank->kind] = true;
        for (int j = 0; j < rank->class_count; j++) {
            int class_i = rank->class_i[j];
            size_t place = (size_t)class_i + (rank->kind == RANK_FLOOR ? class_count : 0);
            if (class_i >= 0 && seen[place]++ > 0)
                fault(reader, at, "class '%s' stands in two ranks%s", basin->class[class_i].id,
                      rank->kind == RANK_FLOOR ? " of floors" : "");
        }
    }
    for (size_t i = 0; i < class_count; i++)
        if (seen[i] == 0)
            fault(reader, list, "'%s_floor' stands in 'ranks', but class '%s' does not",
                  basin->class[i].id, basin->class[i].id);
}

/* Number of words in the list, so that classes can be allocated at once. */
static int
count_words(const struct yaml_node *value)
{
    int count = 1;
    for (int i = 0; i < value->count; i++)
        count += count_words(&value->value[i]);
    return count;
}

void
read_ranks(struct basin_reader *reader, const struct yaml_node *value)
{
    struct basin *basin = reader->basin;
    struct yaml_node *fallback = NULL;
    if (value == NULL && yaml_parse(default_ranks, sizeof default_ranks - 1, "default ranks",
                                    reader->scratch, &fallback, reader->diagnostics) != STATUS_OK)
        return;
    const struct yaml_node *list = value != NULL ? value : fallback;
    int word_count = count_words(list);
    basin->class = arena_alloc(reader->arena, (size_t)word_count, sizeof *basin->class);
    if (!name_index_init(&reader->class_index, reader->scratch, word_count) || basin->class == NULL)
        return;
    if (list->kind != YAML_LIST || list->count == 0) {
        fault(reader, list, "'ranks' must be a list, the highest first, not %s",
              list->kind == YAML_LIST ? "an empty one" : yaml_kind_name(list->kind));
        return;
    }
    basin->rank = arena_alloc(reader->arena, (size_t)list->count, sizeof *basin->rank);
    if (basin->rank == NULL)
        return;
    basin->rank_count = list->count;
    for (int i = 0; i < list->count; i++) {
        struct rank *rank = &basin->rank[i];
        rank->kind = RANK_DEMAND;
        if (list->value[i].kind == YAML_MAP)
            read_rank_map(reader, &list->value[i], rank);
        else
            read_words(reader, &list->value[i], rank);
        if (rank->id == NULL)
            rank->id = arena_text(reader->arena, "");
        if (rank->id == NULL)
            return;
    }
    check_once(reader, list);
}
