/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/network_layout.h"
#include "output/report_private.h"
#include "output/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The network as a picture: nodes at their places, coloured by how they fare. */

static const double map_width = 960.0, label_px = 11.0;

/* Mean of a figure over the scenarios shown that have one. */
static double
mean_of(const struct report *report, enum report_figure which, int element)
{
    double sum = 0.0;
    int count = 0;
    for (int i = 0; i < report->view.shown_count; i++) {
        double value = figure(&report->figure[which], report->view.scenario_s[i], element);
        if (isnan(value))
            continue;
        sum += value;
        count++;
    }
    return sum / count;
}

static void
put_link(struct report *report, const struct network_layout *layout, int link_l, double most)
{
    const struct link *link = &report->basin->link[link_l];
    double volume = mean_of(report, FIGURE_LINK_VOLUME, link_l) / 1e6 / report->view.years;
    char number[32];
    const char *name = link->name != NULL ? link->name : link->id;
    double width = most > 0.0 && volume > 0.0 ? 0.6 + 4.0 * sqrt(volume / most) : 0.5;
    fprintf(report->out,
            "<path class=\"link%s\" d=\"M%.1f %.1fL%.1f %.1f\" stroke-width=\"%.2f\"><title>",
            link->is_spill ? " spill" : "", layout->x[link->from], layout->y[link->from],
            layout->x[link->to], layout->y[link->to], width);
    report_say(report, WORD_MAP_LINK,
               (const char *[]){name, report_number(volume, 2, number, sizeof number)});
    fputs("</title></path>\n", report->out);
}

static void
put_links(struct report *report, const struct network_layout *layout)
{
    double most = 0.0;
    for (int l = 0; l < report->link.count; l++)
        if (!report->basin->link[l].is_spill)
            most = fmax(most, mean_of(report, FIGURE_LINK_VOLUME, l) / 1e6 / report->view.years);
    for (int i = 0; i < report->basin->node_count; i++) {
        int next = network_layout_next(report->basin, i);
        if (next >= 0)
            fprintf(report->out, "<path class=\"link run\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n",
                    layout->x[i], layout->y[i], layout->x[next], layout->y[next]);
    }
    for (int l = 0; l < report->link.count; l++)
        put_link(report, layout, l, most);
}

static void
put_demand(struct report *report, const struct node *node, double x, double y)
{
    int d = node->kind_i;
    char number[32];
    double need = mean_of(report, FIGURE_NEED, d), supply = mean_of(report, FIGURE_SUPPLY, d);
    double share = need > 0.0 ? supply / need : (double)NAN;
    fprintf(report->out,
            "<rect class=\"node k%d\" data-demand=\"%d\" tabindex=\"0\" x=\"%.1f\" y=\"%.1f\" "
            "width=\"11\" height=\"11\"><title>",
            isnan(share) ? 5 : report_colour(share), d, x - 5.5, y - 5.5);
    report_say(
        report, WORD_MAP_DEMAND,
        (const char *[]){node->name, report_number(100.0 * share, 1, number, sizeof number)});
    fputs("</title></rect>\n", report->out);
}

/* Least storage over capacity, over all scenarios. */
static double
least_share(const struct report *report, int reservoir_r)
{
    double least = (double)NAN;
    for (int i = 0; i < report->view.shown_count; i++) {
        double value =
            figure(&report->figure[FIGURE_LEAST_STORAGE], report->view.scenario_s[i], reservoir_r);
        least = least <= value || isnan(value) ? least : value;
    }
    return least / report->capacity_m3[reservoir_r];
}

static void
put_reservoir(struct report *report, const struct node *node, double x, double y)
{
    static const double steps[] = {0.05, 0.15, 0.25, 0.4, 0.6};
    char number[32];
    double share = least_share(report, node->kind_i), full_m3 = report->capacity_m3[node->kind_i];
    double size = 5.0 + 2.2 * log10(fmax(full_m3 / 1e6, 0.1) / 0.1);
    int colour = 0;
    while (colour < 5 && share >= steps[colour])
        colour++;
    fprintf(report->out,
            "<path class=\"node k%d\" tabindex=\"0\" d=\"M%.1f %.1fl%.1f %.1fh%.1fz\"><title>",
            isnan(share) ? 5 : colour, x, y + 0.6 * size, -size, -1.2 * size, 2.0 * size);
    report_say(
        report, WORD_MAP_RESERVOIR,
        (const char *[]){node->name, report_number(100.0 * share, 1, number, sizeof number)});
    fputs("</title></path>\n", report->out);
}

static void
put_node(struct report *report, const struct network_layout *layout, int node_i)
{
    const struct node *node = &report->basin->node[node_i];
    double x = layout->x[node_i], y = layout->y[node_i];
    if (node->kind == NODE_DEMAND && node->kind_i < report->demand.count) {
        put_demand(report, node, x, y);
    } else if (node->kind == NODE_RESERVOIR && node->kind_i < report->reservoir.count) {
        put_reservoir(report, node, x, y);
    } else {
        fprintf(report->out, "<circle class=\"other\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>", x,
                y, node->kind == NODE_SEA || node->kind == NODE_ESTUARY ? "5" : "3");
        svg_escape(report->out, node->name);
        fputs("</title></circle>\n", report->out);
    }
}

/* ---- labels ------------------------------------------------------------------------------------
 */

struct box {
    double left, top, right, bottom;
};

static bool
overlaps(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* A name below, above or beside its node, at the first of these places that is free. */
static void
put_label(struct report *report, double x, double y, const char *name, struct box *taken,
          int *taken_count)
{
    static const double letter = 0.56; /* mean width over height */
    double wide = letter * label_px * text_width(name);
    const struct {
        double left, base;
    } place[] = {{x - 0.5 * wide, y + 8.0 + label_px},
                 {x - 0.5 * wide, y - 9.0},
                 {x + 10.0, y + 4.0},
                 {x - 10.0 - wide, y + 4.0}};
    for (size_t p = 0; p < sizeof place / sizeof *place; p++) {
        struct box box = {place[p].left, place[p].base - label_px, place[p].left + wide,
                          place[p].base + 3.0};
        bool clear = box.left > 0.0 && box.right < map_width;
        for (int i = 0; i < *taken_count && clear; i++)
            clear = !overlaps(&box, &taken[i]);
        if (!clear)
            continue;
        taken[(*taken_count)++] = box;
        svg_text(report->out, box.left, place[p].base, label_px, SVG_START, "#222222", name);
        return;
    }
}

/* Names of lakes, estuaries and the sea, large lakes first, where there is room for them. */
static void
put_labels(struct report *report, const struct network_layout *layout, struct box *taken,
           bool *done)
{
    enum { LETTERS_MAX = 40 };
    int taken_count = 0;
    static const double half = 6.0; /* of a node */
    for (int i = 0; i < report->basin->node_count; i++)
        taken[taken_count++] = (struct box){layout->x[i] - half, layout->y[i] - half,
                                            layout->x[i] + half, layout->y[i] + half};
    for (int round = 0; round < report->basin->node_count; round++) {
        int best = -1;
        double size = -2.0;
        for (int i = 0; i < report->basin->node_count; i++) {
            const struct node *node = &report->basin->node[i];
            double own = node->kind == NODE_RESERVOIR && node->kind_i < report->reservoir.count
                             ? report->capacity_m3[node->kind_i]
                         : node->kind == NODE_ESTUARY || node->kind == NODE_SEA ? -1.0
                                                                                : -2.0;
            if (!done[i] && own > size) {
                best = i;
                size = own;
            }
        }
        if (best < 0)
            break;
        done[best] = true;
        const char *name = report->basin->node[best].name;
        if (text_width(name) <= LETTERS_MAX)
            put_label(report, layout->x[best], layout->y[best], name, taken, &taken_count);
    }
}

/* ---- the picture -------------------------------------------------------------------------------
 */

static void
put_alternative(struct report *report)
{
    char nodes[16], links[16], low[16];
    int count = 0;
    for (int d = 0; d < report->demand.count; d++)
        count += mean_of(report, FIGURE_SUPPLY, d) < 0.95 * mean_of(report, FIGURE_NEED, d);
    snprintf(nodes, sizeof nodes, "%d", report->basin->node_count);
    snprintf(links, sizeof links, "%d", report->basin->link_count);
    snprintf(low, sizeof low, "%d", count);
    report_say(report, WORD_MAP_ALT, (const char *[]){nodes, links, low});
}

static void
put_key(struct report *report)
{
    static const char *const ranges[] = {"&lt; 50 %", "50–75 %", "75–90 %",
                                         "90–95 %",   "95–99 %", "&ge; 99 %"};
    fprintf(report->out,
            "<p class=\"small ramp\">■ %s: ", report_word(report, WORD_MAP_KEY_DEMAND));
    for (int k = 0; k < 6; k++)
        fprintf(report->out, "<span class=\"k%d\">%s</span> ", k, ranges[k]);
    static const char *const lakes[] = {"&lt; 5 %", "5–15 %",  "15–25 %",
                                        "25–40 %",  "40–60 %", "&ge; 60 %"};
    fprintf(report->out,
            "</p>\n<p class=\"small ramp\">▼ %s: ", report_word(report, WORD_MAP_KEY_RESERVOIR));
    for (int k = 0; k < 6; k++)
        fprintf(report->out, "<span class=\"k%d\">%s</span> ", k, lakes[k]);
    fprintf(report->out, "● %s</p>\n", report_word(report, WORD_MAP_KEY_OTHER));
}

static void
put_picture(struct report *report, const struct network_layout *layout)
{
    size_t count = (size_t)report->basin->node_count + 1;
    struct box *taken = calloc(2 * count, sizeof *taken); /* nodes and labels */
    bool *done = calloc(count, sizeof *done);
    fprintf(report->out,
            "<figure class=\"map\"><svg id=\"network\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
            "tabindex=\"0\" aria-label=\"",
            layout->width, layout->height);
    put_alternative(report);
    fputs("\">\n", report->out);
    put_links(report, layout);
    for (int i = 0; i < report->basin->node_count; i++)
        put_node(report, layout, i);
    if (taken != NULL && done != NULL)
        put_labels(report, layout, taken, done);
    else
        report->view.failed = true;
    fprintf(report->out,
            "</svg><div class=\"acts\"><button type=\"button\" data-map=\"in\" aria-label=\"%s\">+"
            "</button><button type=\"button\" data-map=\"out\" aria-label=\"%s\">\xe2\x88\x92"
            "</button><button type=\"button\" data-map=\"reset\" aria-label=\"%s\">\xe2\x86\x94"
            "</button></div></figure>\n",
            report_word(report, WORD_ZOOM_IN), report_word(report, WORD_ZOOM_OUT),
            report_word(report, WORD_RESET));
    free(taken);
    free(done);
}

/* ", 12 without any beside their neighbours", or nothing. */
static void
put_note(struct report *report, const struct network_layout *layout)
{
    char count[16], guessed[200] = "";
    const char *form = report_word(report, WORD_MAP_GUESSED);
    const char *hole = strstr(form, "{1}");
    if (layout->is_layered) {
        report_paragraph(report, "small", WORD_MAP_LAYERS, NULL);
        return;
    }
    snprintf(count, sizeof count, "%d", layout->guessed_count);
    if (layout->guessed_count > 0 && hole != NULL)
        snprintf(guessed, sizeof guessed, "%.*s%s%s", (int)(hole - form), form, count, hole + 3);
    report_paragraph(report, "small", WORD_MAP_NOTE, (const char *[]){guessed});
}

void
report_map(struct report *report)
{
    struct network_layout layout;
    struct error err = {0};
    report_section(report, "map", WORD_MAP);
    if (report->basin == NULL || report->basin->link_count != report->link.count) {
        report_paragraph(report, "missing", WORD_NO_BASIN,
                         (const char *[]){report->basin_error.text});
    } else if (network_layout_init(report->basin, map_width, &layout, &err) != STATUS_OK) {
        report->view.failed = true;
    } else {
        put_note(report, &layout);
        put_picture(report, &layout);
        put_key(report);
        network_layout_finish(&layout);
    }
    report_section_end(report);
}
