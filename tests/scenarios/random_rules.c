/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/scenarios/random_draft.h"

#include <stdio.h>
#include <string.h>

/* What links keep together in random basins. */

bool
rule_chance(struct draft *draft, double probability)
{
    return draft->with_rules && random_chance(&draft->rules, probability);
}

double
rule_uniform(struct draft *draft, double low, double high)
{
    return random_uniform(&draft->rules, low, high);
}

/* Numbers of the ways with this end, at most 3, in a random order; how many. */
static int
ways_at(struct draft *draft, const char *node, bool upstream, int *way)
{
    int found[ENTRIES_MAX], count = 0;
    for (int i = 0; i < draft->way_count; i++)
        if (strcmp(upstream ? draft->way_from[i] : draft->way_to[i], node) == 0)
            found[count++] = i;
    for (int i = count - 1; i > 0; i--) {
        int other = random_below(&draft->rules, i + 1), swap = found[i];
        found[i] = found[other];
        found[other] = swap;
    }
    for (int i = 0; i < count && i < 3; i++)
        way[i] = found[i];
    return count < 3 ? count : 3;
}

static void
draw_splits(struct draft *draft)
{
    for (int i = 0; i < draft->supply_count; i++) {
        int way[3], count = ways_at(draft, draft->supply[i], true, way);
        double share = rule_uniform(draft, 2.0, 60.0);
        if (count < 2 || !rule_chance(draft, 0.4))
            continue;
        if (count == 2)
            add(draft, SPLITS, "{links: {way%02d: %.2f %%, way%02d: %.2f %%}}\x1fpart%d", way[0],
                share, way[1], 100.0 - share, i);
        else
            add(draft, SPLITS,
                "{links: {way%02d: %.2f %%, way%02d: 30 %%, way%02d: %.2f %%}}\x1fpart%d", way[0],
                share, way[1], way[2], 70.0 - share, i);
    }
}

/* A limit on the share of one way, or on the mean content of all, where ways alone meet. */
static void
draw_blends(struct draft *draft)
{
    for (int i = 0; i < draft->way_count; i++) {
        const char *node = draft->way_to[i];
        int way[3], count = ways_at(draft, node, false, way);
        bool is_first = true;
        for (int k = 0; k < i; k++)
            is_first = is_first && strcmp(draft->way_to[k], node) != 0;
        if (count < 2 || !is_first || !rule_chance(draft, 0.4))
            continue;
        char content[128] = "";
        size_t used = 0;
        for (int k = 0; k < draft->way_count; k++)
            if (strcmp(draft->way_to[k], node) == 0)
                used +=
                    (size_t)snprintf(content + used, sizeof content - used, "%sway%02d: %.2f g/L",
                                     used > 0 ? ", " : "", k, rule_uniform(draft, 0.0, 2.0));
        if (strncmp(node, "use", 3) == 0 && rule_chance(draft, 0.5))
            add(draft, BLENDS, "{content: {%s}, at_most: %.2f g/L}\x1fmix%d", content,
                rule_uniform(draft, 0.2, 1.5), i);
        else
            add(draft, BLENDS, "{links: way%02d, at_most: %.1f %%}\x1fmix%d", way[0],
                rule_uniform(draft, 5.0, 90.0), i);
    }
}

static void
draw_licences(struct draft *draft)
{
    int count = random_below(&draft->rules, 4);
    for (int i = 0; i < count; i++) {
        char links[96] = "", limits[256] = "";
        size_t used = 0;
        for (int k = random_below(&draft->rules, 3); k < draft->way_count; k += 2 + k)
            used += (size_t)snprintf(links + used, sizeof links - used, "%sway%02d",
                                     used > 0 ? ", " : "", k);
        if (used == 0)
            return;
        used = 0;
#define LIMIT(...) used += (size_t)snprintf(limits + used, sizeof limits - used, __VA_ARGS__)
        if (rule_chance(draft, 0.4))
            LIMIT(", daily: %.0f m3", rule_uniform(draft, 0.0, 60000.0));
        if (rule_chance(draft, 0.4))
            LIMIT(", monthly: %.0f m3, reset: 01-%02d", rule_uniform(draft, 0.0, 400000.0),
                  1 + random_below(&draft->rules, 4));
        if (rule_chance(draft, 0.4))
            LIMIT(", rolling: {volume: %.0f m3, window: %.1f d}",
                  rule_uniform(draft, 0.0, 150000.0), rule_uniform(draft, 1.0, 4.0));
        if (used == 0 || rule_chance(draft, 0.4))
            LIMIT(", yearly: %.0f m3, reserved: %.0f m3, reserved_for: industry",
                  rule_uniform(draft, 50000.0, 500000.0), rule_uniform(draft, 0.0, 50000.0));
#undef LIMIT
        add(draft, LICENCES, "{links: [%s]%s}\x1fpermit%d", links, limits, i);
    }
}

/* Caps by the storage of a lake, and ways that are open in drought alone. */
static void
draw_drought_plans(struct draft *draft)
{
    for (int i = 0; i < draft->river_count; i++) {
        double watch = rule_uniform(draft, 50.0, 95.0), alert = rule_uniform(draft, 10.0, 50.0);
        char opens[64] = "";
        if (!draft->is_lake[i] || !rule_chance(draft, 0.4))
            continue;
        if (draft->way_count > 0 && rule_chance(draft, 0.5))
            snprintf(opens, sizeof opens, ", opens: [links.way%02d]",
                     random_below(&draft->rules, draft->way_count));
        add(draft, DROUGHT_PLANS,
            "{storage_of: [%s], stages: [{id: watch, enter: {storage: %.1f %%}, leave: {storage: "
            "%.1f %%}, hold: 2 d, caps: {irrigation: %.0f %%}}, {id: alert, enter: {storage: %.1f "
            "%%}, caps: {irrigation: %.0f %%, tourism: 50 %%}%s}]}\x1fplan%d",
            draft->river[i], watch, watch + 3.0, rule_uniform(draft, 30.0, 100.0), alert,
            rule_uniform(draft, 0.0, 60.0), opens, i);
    }
}

void
draw_rules(struct draft *draft)
{
    draw_splits(draft);
    draw_blends(draft);
    draw_licences(draft);
    draw_drought_plans(draft);
}

/* ---- quality ----------------------------------------------------------------------------------
 */

static const char *
id_of(const char *entry)
{
    return strchr(entry, '\x1f') + 1;
}

/* "id: content" of some entries of a section. */
static size_t
draw_contents(struct draft *draft, enum section section, double probability, double most,
              const char *unit, char *text, size_t size)
{
    size_t used = strlen(text);
    for (int i = 0; i < draft->entry_count[section]; i++) {
        const char *entry = draft->entry[section][i];
        if (!random_chance(&draft->rules, probability) || used + 96 > size ||
            (section == DEMANDS && strstr(entry, "returns") == NULL))
            continue;
        used += (size_t)snprintf(text + used, size - used, "%s%s: %.3f %s", used > 0 ? ", " : "",
                                 id_of(entry), rule_uniform(draft, 0.0, most), unit);
    }
    return used;
}

/* blend: true in a demand. */
static void
make_blend(char *entry)
{
    char id[64];
    char *end = strchr(entry, '\x1f');
    snprintf(id, sizeof id, "%s", end + 1);
    if (end[-1] == '}')
        snprintf(end - 1, (size_t)(ENTRY_SIZE - (end - 1 - entry)), ", blend: true}\x1f%s", id);
}

void
draw_quality(struct draft *draft)
{
    char content[512] = "", initial[256] = "";
    draw_contents(draft, CATCHMENTS, 0.5, 1.0, "g/L", content, sizeof content);
    draw_contents(draft, SOURCES, 0.7, 4.0, "g/L", content, sizeof content);
    draw_contents(draft, DEMANDS, 0.5, 1.0, "g/L", content, sizeof content);
    draw_contents(draft, RESERVOIRS, 0.5, 1.5, "g/L", initial, sizeof initial);
    add(draft, QUALITY,
        "{background: %.2f g/L%s%s%s%s%s%s, limits: {domestic: %.2f g/L, irrigation: %.2f "
        "g/L}}\x1fsalt",
        rule_uniform(draft, 0.0, 0.5), content[0] != '\0' ? ", content: {" : "", content,
        content[0] != '\0' ? "}" : "", initial[0] != '\0' ? ", initial: {" : "", initial,
        initial[0] != '\0' ? "}" : "", rule_uniform(draft, 0.3, 0.8),
        rule_uniform(draft, 0.5, 1.5));
    content[0] = '\0';
    draw_contents(draft, SOURCES, 0.5, 100.0, "%", content, sizeof content);
    add(draft, QUALITY, "{%s%s%slimits: {domestic: 2 %%}}\x1fmine_water",
        content[0] != '\0' ? "content: {" : "", content, content[0] != '\0' ? "}, " : "");
    for (int i = 0; i < draft->entry_count[DEMANDS]; i++) {
        char *entry = draft->entry[DEMANDS][i];
        bool limited =
            strstr(entry, "class: domestic") != NULL || strstr(entry, "class: irrigation") != NULL;
        if (limited && random_chance(&draft->rules, 0.4))
            make_blend(entry);
    }
}
