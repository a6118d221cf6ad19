/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/element_text.h"

#include "scenarios/audit.h"

#include <stdio.h>

const char *
return_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int demand_d, return_i;
    audit_find_return(basin, i, &demand_d, &return_i);
    const struct demand *demand = &basin->demand[demand_d];
    snprintf(text, sizeof text, "%s>%s", basin->node[demand->node_i].id,
             basin->node[demand->returns[return_i].node_i].id);
    return text;
}

const char *
zone_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int r = 0;
    while (i >= basin->reservoir[r].zone_count)
        i -= basin->reservoir[r++].zone_count;
    snprintf(text, sizeof text, "%s/%s", basin->node[basin->reservoir[r].node_i].id,
             basin->reservoir[r].zone[i].id);
    return text;
}

const char *
stage_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int p = 0;
    while (i >= basin->drought_plan[p].stage_count)
        i -= basin->drought_plan[p++].stage_count;
    snprintf(text, sizeof text, "%s/%s", basin->drought_plan[p].id,
             basin->drought_plan[p].stage[i].id);
    return text;
}

const char *
split_link_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int split_s, place;
    audit_find_split(basin, i, &split_s, &place);
    const struct split *split = &basin->split[split_s];
    snprintf(text, sizeof text, "%s/%s", split->id, basin->link[split->link_i[place]].id);
    return text;
}

const char *
blend_link_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int blend_b, place;
    audit_find_blend(basin, i, &blend_b, &place);
    const struct blend *blend = &basin->blend[blend_b];
    snprintf(text, sizeof text, "%s/%s", blend->id, basin->link[blend->link_i[place]].id);
    return text;
}

const char *
content_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    int substance_s = i / basin->node_count, salt_s = substance_salt(basin);
    substance_s += salt_s >= 0 && substance_s >= salt_s;
    snprintf(text, sizeof text, "%s/%s", basin->substance[substance_s].id,
             basin->node[i % basin->node_count].id);
    return text;
}

const char *
place_id(const struct basin *basin, int i)
{
    static _Thread_local char text[256];
    double distance_m;
    const struct passage *passage = result_section(basin, i, &distance_m);
    snprintf(text, sizeof text, "%s/%gkm", basin->node[passage->node_i].id, distance_m / 1000.0);
    return text;
}
