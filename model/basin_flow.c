/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/basin_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Paths through the network: circles, ways to the sea, who can be reached from where. */

/* Links by the node at one end: those of node n are link_i[start[n]] .. link_i[start[n + 1] - 1].
 */
struct adjacency {
    int *start;
    int *link_i;
};

static bool
adjacency_init(struct adjacency *adjacency, struct arena *arena, const struct basin *basin,
               bool outward)
{
    size_t node_count = (size_t)basin->node_count;
    adjacency->start = arena_alloc(arena, node_count + 2, sizeof *adjacency->start);
    adjacency->link_i = arena_alloc(arena, (size_t)basin->link_count, sizeof *adjacency->link_i);
    if (adjacency->start == NULL || adjacency->link_i == NULL)
        return false;
    int *fill = adjacency->start + 1; /* becomes start once filled */
    for (int i = 0; i < basin->link_count; i++)
        fill[(outward ? basin->link[i].from : basin->link[i].to) + 1]++;
    for (size_t n = 1; n <= node_count; n++)
        fill[n] += fill[n - 1];
    for (int i = 0; i < basin->link_count; i++)
        adjacency->link_i[fill[outward ? basin->link[i].from : basin->link[i].to]++] = i;
    return true;
}

/* Everything the searches share. */
struct flow_check {
    struct basin_reader *reader; /* NULL when a basin is checked that has been read */
    const struct basin *basin;
    limit_report *report;
    void *context;
    struct adjacency out, in;
    int *queue;  /* [node_count] */
    int *stamp;  /* [node_count] number of the last search that met the node */
    int *parent; /* [node_count] node from which a search came */
    int search;
};

/* "a -> b -> a" along the nodes of a stack, from where the circle begins. */
static void
report_circle(struct flow_check *check, const int *stack, int depth, int link_i)
{
    const struct basin *basin = check->basin;
    int back_to = basin->link[link_i].to;
    int first = depth;
    while (first > 0 && stack[first] != back_to)
        first--;
    char text[512] = "";
    size_t used = 0;
    for (int i = first; i <= depth && used + 80 < sizeof text; i++) {
        const char *id = basin->node[stack[i]].id;
        memcpy(text + used, id, strlen(id));
        used += strlen(id);
        memcpy(text + used, " -> ", 4);
        used += 4;
    }
    text[used] = '\0';
    fault(check->reader, link_place(check->reader, link_i, "to"), "a river runs in a circle: %s%s",
          text, basin->node[back_to].id);
}

/* Depth-first search over river links; a link to a node on the stack closes a circle. */
static void
check_circles(struct flow_check *check)
{
    const struct basin *basin = check->basin;
    enum { NEW, ON_STACK, DONE };
    int *stack = check->queue;
    int *state = arena_alloc(check->reader->scratch, (size_t)basin->node_count, sizeof *state);
    int *next = arena_alloc(check->reader->scratch, (size_t)basin->node_count, sizeof *next);
    if (state == NULL || next == NULL)
        return;
    for (int root = 0; root < basin->node_count; root++) {
        int depth = 0;
        if (state[root] != NEW)
            continue;
        stack[0] = root;
        state[root] = ON_STACK;
        while (depth >= 0) {
            int node_i = stack[depth];
            int place = check->out.start[node_i] + next[node_i]++;
            if (place >= check->out.start[node_i + 1]) {
                state[node_i] = DONE;
                depth--;
                continue;
            }
            int link_i = check->out.link_i[place];
            int to = basin->link[link_i].to;
            if (basin->link[link_i].kind != LINK_RIVER || state[to] == DONE)
                continue;
            if (state[to] == ON_STACK) {
                report_circle(check, stack, depth, link_i);
                continue;
            }
            state[to] = ON_STACK;
            stack[++depth] = to;
        }
    }
}

/* Whether a link takes any amount of water on any day. */
static bool
is_unlimited(const struct basin *basin, const struct link *link)
{
    if (link->kind != LINK_RIVER || link->capacity.kind != VARYING_ABSENT ||
        link->outage_count > 0 || link_is_ruled(basin, (int)(link - basin->link)) ||
        link->in_service.from_s != INT64_MIN || link->in_service.to_s != INT64_MAX)
        return false;
    const struct node *from = &basin->node[link->from];
    bool is_works = from->kind == NODE_PLANT || from->kind == NODE_WASTEWATER;
    return link->is_spill || !is_works ||
           (basin->passage[from->kind_i].capacity.kind == VARYING_ABSENT &&
            basin->passage[from->kind_i].turn_down.kind == VARYING_ABSENT);
}

/* Whether a node lets its water pass on every day; a lake out of service is a river, a source out
 * of service has none. */
static bool
is_always_there(const struct node *node)
{
    return node->kind == NODE_RESERVOIR || node->kind == NODE_SEA || node->kind == NODE_SOURCE ||
           (node->in_service.from_s == INT64_MIN && node->in_service.to_s == INT64_MAX);
}

/* Marks with the search's number every node with an unlimited way to a sea. */
static bool
search_from_seas(struct flow_check *check)
{
    const struct basin *basin = check->basin;
    int count = 0;
    check->search++;
    for (int i = 0; i < basin->node_count; i++)
        if (basin->node[i].kind == NODE_SEA) {
            check->stamp[i] = check->search;
            check->queue[count++] = i;
        }
    bool has_sea = count > 0;
    for (int head = 0; head < count; head++) {
        int node_i = check->queue[head];
        for (int j = check->in.start[node_i]; j < check->in.start[node_i + 1]; j++) {
            const struct link *link = &basin->link[check->in.link_i[j]];
            if (check->stamp[link->from] == check->search || !is_unlimited(basin, link) ||
                !is_always_there(&basin->node[link->from]))
                continue;
            check->stamp[link->from] = check->search;
            check->queue[count++] = link->from;
        }
    }
    return has_sea;
}

/* Where unlimited water from a node comes to a stop. */
static int
find_dead_end(const struct flow_check *check, int node_i)
{
    const struct basin *basin = check->basin;
    for (int steps = 0; steps < basin->node_count; steps++) {
        int next = -1;
        for (int j = check->out.start[node_i]; j < check->out.start[node_i + 1] && next < 0; j++) {
            const struct link *link = &basin->link[check->out.link_i[j]];
            if (is_unlimited(basin, link) && is_always_there(&basin->node[link->from]))
                next = link->to;
        }
        if (next < 0)
            break;
        node_i = next;
    }
    return node_i;
}

static enum section
section_of(const struct node *node)
{
    enum section section = SECTION_CATCHMENTS;
    while (section_table[section].kind != node->kind)
        section++;
    return section;
}

/* Forced water of origin that comes to node_i must be able to leave. */
static void
require_way_out(struct flow_check *check, int origin_i, int node_i, const char *key)
{
    char message[512];
    const struct basin *basin = check->basin;
    if (check->stamp[node_i] == check->search || basin->node[node_i].kind == NODE_AQUIFER)
        return;
    int end_i = find_dead_end(check, node_i);
    const struct node *origin = &basin->node[origin_i];
    const struct node *end = &basin->node[end_i];
    snprintf(
        message, sizeof message,
        "forced water of %s '%s' has no unlimited way to a sea: it comes to the %s '%s', which "
        "has neither 'spill_to' nor a river without capacity, outages, dates of service or rules "
        "that limit it",
        node_kind_name(origin->kind), origin->id, node_kind_name(end->kind), end->id);
    check->report(check->context, section_of(origin), origin->kind_i, key, message);
}

static void
check_ways_out(struct flow_check *check)
{
    const struct basin *basin = check->basin;
    if (!search_from_seas(check)) {
        if (basin->node_count > 0 && check->reader != NULL)
            fault(check->reader, check->reader->node_key[0],
                  "the basin has no sea, the node that forced water must be able to reach");
        return;
    }
    for (int i = 0; i < basin->catchment_count; i++)
        for (int j = 0; j < basin->catchment[i].to_count; j++)
            require_way_out(check, basin->catchment[i].node_i, basin->catchment[i].to[j].node_i,
                            "to");
    for (int i = 0; i < basin->reservoir_count; i++) {
        require_way_out(check, basin->reservoir[i].node_i, basin->reservoir[i].node_i, "spill_to");
        if (basin->reservoir[i].seepage_to >= 0)
            require_way_out(check, basin->reservoir[i].node_i, basin->reservoir[i].seepage_to,
                            "seepage_to");
    }
    for (int i = 0; i < basin->source_count; i++)
        if (basin->source[i].forced)
            require_way_out(check, basin->source[i].node_i, basin->source[i].node_i, "spill_to");
    for (int i = 0; i < basin->passage_count; i++)
        if (basin->passage[i].boundary_inflow.kind != VARYING_ABSENT)
            require_way_out(check, basin->passage[i].node_i, basin->passage[i].node_i,
                            "boundary_inflow");
    for (int i = 0; i < basin->link_count; i++)
        if (river_routing_method_count(&basin->link[i].routing) > 0) /* water on its way arrives */
            require_way_out(check, basin->link[i].from, basin->link[i].to, NULL);
    for (int i = 0; i < basin->aquifer_count; i++)
        if (basin->aquifer[i].spill_to >= 0)
            require_way_out(check, basin->aquifer[i].node_i, basin->aquifer[i].spill_to,
                            "spill_to");
}

static bool
is_allowed(const struct source *source, int class_i)
{
    for (int i = 0; i < source->allowed_class_count; i++)
        if (source->allowed_class_i[i] == class_i)
            return true;
    return false;
}

/* "x -> j -> d" from the parents of a search. */
static const char *
path_text(struct flow_check *check, int node_i)
{
    const char *text = check->basin->node[node_i].id;
    for (int i = check->parent[node_i], steps = 0; i >= 0 && text != NULL;
         i = check->parent[i], steps++)
        if (steps < 20 || check->parent[i] < 0)
            text = arena_format(check->reader->scratch, "%s -> %s", check->basin->node[i].id, text);
    return text != NULL ? text : "";
}

/* A source kept for some classes must not be able to reach others by links. */
static void
check_source_classes(struct flow_check *check, const struct source *source)
{
    const struct basin *basin = check->basin;
    int count = 0;
    check->search++;
    check->queue[count++] = source->node_i;
    check->stamp[source->node_i] = check->search;
    check->parent[source->node_i] = -1;
    for (int head = 0; head < count; head++) {
        int node_i = check->queue[head];
        const struct node *node = &basin->node[node_i];
        if (node->kind == NODE_DEMAND) {
            int class_i = basin->demand[node->kind_i].class_i;
            if (class_i >= 0 && !is_allowed(source, class_i))
                fault(check->reader, node_place(check->reader, source->node_i, "classes"),
                      "demand '%s' of class '%s' can be reached from source '%s', whose 'classes' "
                      "do not hold it: %s",
                      node->id, basin->class[class_i].id, basin->node[source->node_i].id,
                      path_text(check, node_i));
        }
        for (int j = check->out.start[node_i]; j < check->out.start[node_i + 1]; j++) {
            int to = basin->link[check->out.link_i[j]].to;
            if (check->stamp[to] == check->search)
                continue;
            check->stamp[to] = check->search;
            check->parent[to] = node_i;
            check->queue[count++] = to;
        }
    }
}

/* Reservoirs a demand draws on without another reservoir between. */
static void
find_restricting(struct flow_check *check, struct demand *demand)
{
    const struct basin *basin = check->basin;
    int count = 0;
    int found = 0;
    check->search++;
    check->queue[count++] = demand->node_i;
    check->stamp[demand->node_i] = check->search;
    for (int head = 0; head < count; head++) {
        int node_i = check->queue[head];
        if (basin->node[node_i].kind == NODE_RESERVOIR) {
            check->parent[found++] = basin->node[node_i].kind_i;
            continue;
        }
        for (int j = check->in.start[node_i]; j < check->in.start[node_i + 1]; j++) {
            int from = basin->link[check->in.link_i[j]].from;
            if (check->stamp[from] == check->search)
                continue;
            check->stamp[from] = check->search;
            check->queue[count++] = from;
        }
    }
    demand->restricted_by = arena_copy(check->reader->arena, check->parent, (size_t)found,
                                       sizeof *demand->restricted_by);
    demand->restricted_by_count = demand->restricted_by != NULL ? found : 0;
}

static int
compare_ints(const void *left, const void *right)
{
    int a = *(const int *)left;
    int b = *(const int *)right;
    return (a > b) - (a < b);
}

static bool
flow_check_init(struct flow_check *check, struct arena *scratch)
{
    size_t node_count = (size_t)check->basin->node_count;
    check->queue = arena_alloc(scratch, node_count + 1, sizeof *check->queue);
    check->stamp = arena_alloc(scratch, node_count + 1, sizeof *check->stamp);
    check->parent = arena_alloc(scratch, node_count + 1, sizeof *check->parent);
    return check->parent != NULL && check->queue != NULL && check->stamp != NULL &&
           adjacency_init(&check->out, scratch, check->basin, true) &&
           adjacency_init(&check->in, scratch, check->basin, false);
}

bool
check_forced_water(const struct basin *basin, limit_report *report, void *context)
{
    struct arena *scratch = arena_create();
    struct flow_check check = {.basin = basin, .report = report, .context = context};
    bool good = scratch != NULL && flow_check_init(&check, scratch);
    if (good)
        check_ways_out(&check);
    arena_destroy(scratch);
    return good;
}

void
check_flow(struct basin_reader *reader)
{
    struct basin *basin = reader->basin;
    struct flow_check check = {
        .reader = reader, .basin = basin, .report = report_at_key, .context = reader};
    if (!flow_check_init(&check, reader->scratch))
        return;
    check_circles(&check);
    check_ways_out(&check);
    for (int i = 0; i < basin->source_count; i++)
        if (basin->source[i].allowed_class_count > 0)
            check_source_classes(&check, &basin->source[i]);
    for (int i = 0; i < basin->demand_count; i++) {
        struct demand *demand = &basin->demand[i];
        if (!demand->restricted_by_given)
            find_restricting(&check, demand);
        if (demand->restricted_by_count > 1)
            qsort(demand->restricted_by, (size_t)demand->restricted_by_count,
                  sizeof *demand->restricted_by, compare_ints);
    }
}
